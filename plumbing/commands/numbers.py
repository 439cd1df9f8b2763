"""Converters of command-line texts to numbers and paths, with messages for people."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable
from pathlib import Path

from plumbing.urls import is_url

LONGEST_NAME = 255  # bytes of a file or folder, with every file system in use
LONGEST_PATH = 4000  # bytes; names that are appended to it need the rest of 4096
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
    """Convert text to a path on a disk.

    `argparse.ArgumentTypeError` for "", mostly an unset variable; for a URL, which would silently
    name a folder s3: on the disk; and for what no file system in use can hold: asking whether such
    a path exists would be an error itself.
    """
    if not text:
        raise argparse.ArgumentTypeError("is empty; is a variable unset?")
    if is_url(text):
        raise argparse.ArgumentTypeError(f"must be a path on a disk. Received: {text!r}")
    for what, parts, most in (
        ("has too long a name in it", Path(text).parts, LONGEST_NAME),
        ("is too long", (text,), LONGEST_PATH),
    ):
        length = max((len(os.fsencode(part)) for part in parts), default=0)
        if length > most:
            raise argparse.ArgumentTypeError(f"{what}: {length} bytes; there can be {most}")
    return Path(text)
