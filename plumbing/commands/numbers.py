"""Converters of command-line texts to numbers and paths, with messages for people."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

LARGEST = 2**31 - 1  # what every library that is given a count can hold


def whole_number(least: int, most: int = LARGEST) -> Callable[[str], int]:
    """Return a converter of text to a whole number from `least` to `most`, both included.

    It raises `argparse.ArgumentTypeError` for any other text.
    """

    def convert(text: str) -> int:
        # Digits of other scripts count as decimal, too; and Python refuses to read 5,000 of them.
        if text.isascii() and text.isdecimal() and len(text) <= 20 and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"must be a whole number from {least} to {most}. Received: {text!r}"
        )

    return convert


def number(allowed: Callable[[float], bool], what: str) -> Callable[[str], float]:
    """Return a converter of text to a finite number that is `allowed`.

    It raises `argparse.ArgumentTypeError` for any other text, which says `what` it must be.
    """

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and allowed(value)):
            raise argparse.ArgumentTypeError(f"must be {what}. Received: {text!r}")
        return value

    return convert


def path(text: str) -> Path:
    """Convert text to a path; `argparse.ArgumentTypeError` for "", mostly an unset variable."""
    if not text:
        raise argparse.ArgumentTypeError("is empty; is a variable unset?")
    return Path(text)
