"""What the training command says on the way."""

from __future__ import annotations

import sys


def say(what: str) -> None:
    """Write a line to stderr, under the command's name."""
    print(f"train.py: {what}", file=sys.stderr)
