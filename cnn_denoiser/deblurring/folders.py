"""The folders of results: checked before anything is made, then made."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from plumbing.commands.errors import UsageError
from plumbing.files.atomic import remove_leftovers
from plumbing.files.names import check_names


def check_folders(folders: Iterable[Path]) -> None:
    """Raise UsageError where a folder neither exists nor could be made, or not be written to."""
    for folder in folders:
        check_names(folder)
        above = folder
        while not os.path.lexists(above):
            above = above.parent
        if not above.is_dir():
            raise UsageError(f"{above} is not a folder")
        if not os.access(above, os.W_OK | os.X_OK):
            raise UsageError(f"{above} cannot be written to")


def make_folders(folders: Sequence[Path], inner: Sequence[str] = ("",)) -> None:
    """Make folders where they are missing, and in each of them the `inner` ones; UsageError.

    What a killed run left half-written in them is removed.
    """
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {error.strerror}") from error
        for name in inner:
            # Where this fails, the pictures that belong there will fail with the reason.
            with contextlib.suppress(OSError):
                (folder / name).mkdir(parents=True, exist_ok=True)
            remove_leftovers(folder / name)
