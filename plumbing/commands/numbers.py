"""Numbers on command lines: converters for `argparse`, with messages for people."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a converter of text to a whole number from `least` to `most`, both included.

    It raises `argparse.ArgumentTypeError` for any other text.
    """

    def convert(text: str) -> int:
        if text.isdecimal() and least <= int(text) <= (most or int(text)):
            return int(text)
        limit = "up" if most is None else f"to {most}"
        raise argparse.ArgumentTypeError(
            f"must be a whole number from {least} {limit}. Received: {text!r}"
        )

    return convert
