"""Making the folders of results."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from plumbing.files.atomic import remove_leftovers
from plumbing.files.folders import make_folder


def make_folders(folders: Sequence[Path], inner: Sequence[str] = ("",)) -> None:
    """Make folders where they are missing, and in each of them the `inner` ones; UsageError.

    What a killed run left half-written in them is removed.
    """
    for folder in folders:
        make_folder(folder)
        for name in inner:
            # Where this fails, the pictures that belong there will fail with the reason.
            with contextlib.suppress(OSError):
                (folder / name).mkdir(parents=True, exist_ok=True)
            remove_leftovers(folder / name)
