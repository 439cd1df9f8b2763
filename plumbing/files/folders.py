"""Folders for results: checked before anything is made, then made."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from plumbing.commands.errors import UsageError
from plumbing.files.names import check_names


def check_folders(folders: Iterable[Path]) -> None:
    """Raise UsageError where a folder neither exists nor could be made, or not be written to."""
    for folder in folders:
        check_names(folder)
        above = folder
        while not os.path.lexists(above):
            above = above.parent
        if not os.path.isdir(above):
            raise UsageError(f"{above} is not a folder")
        if not os.access(above, os.W_OK | os.X_OK):
            raise UsageError(f"{above} cannot be written to")


def check_file(path: Path) -> None:
    """Raise UsageError where a file could not be written, in a folder that has to exist."""
    check_names(path)
    if os.path.isdir(path):
        raise UsageError(f"{path} is a folder: name a file")
    if not os.path.isdir(path.parent):
        raise UsageError(f"there is no folder {path.parent} for {path.name}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"{path.parent} cannot be written to")


def make_folder(folder: Path) -> None:
    """Make a folder where it is missing, with those above it; raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}") from error
