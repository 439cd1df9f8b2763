"""The names of files and folders that are to be made."""

from __future__ import annotations

import os
from pathlib import Path

from plumbing.commands.errors import UsageError
from plumbing.commands.numbers import LONGEST_NAME


def check_names(path: Path) -> None:
    """Raise UsageError where a name in a path is longer than names can be."""
    for name in path.parts:
        if (length := len(os.fsencode(name))) > LONGEST_NAME:
            raise UsageError(
                f"{name[:40]}... is too long a name: {length} bytes; there can be {LONGEST_NAME}"
            )
