"""Telling which results exist already."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from plumbing.storage.stored import Folder


def files_in(folder: Folder) -> Callable[[str], bool]:
    """Return a function that tells of a relative path whether there is a file, or a link to one.

    Raises OSError where a stored folder cannot be listed.
    """
    return _ask(folder, os.path.isfile)


def names_in(folder: Folder) -> Callable[[str], bool]:
    """Return a function that tells of a relative path whether it is taken, by whatever.

    Raises OSError likewise.
    """
    return _ask(folder, os.path.lexists)


def _ask(folder: Folder, exists: Callable[[str], bool]) -> Callable[[str], bool]:
    if not isinstance(folder, Path):
        stored = set(folder.list(recursive=True).files)
        return lambda name: name.replace(os.sep, "/") in stored
    if not folder.is_dir():
        return lambda name: False
    top = os.path.join(folder, "")
    return lambda name: exists(top + name)
