"""Finding the pictures in an archive or in object storage, by one listing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from plumbing.pictures.formats.signatures import SIGNATURE_BYTES, SUFFIXES, recognise
from plumbing.pictures.search import is_clutter
from plumbing.storage.stored import StoredFolder

_LONGEST = 1024  # characters of a name, as object storage allows


@dataclass
class StoredPictures:
    """What is stored in a folder; as `FoundPictures` where the fields have the same names.

    unreadable: names that cannot be looked into, or be paths elsewhere, with the reason.
    """

    names: list[str] = field(default_factory=list)
    others: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    passed_over: int = 0


def search_stored_pictures(
    folder: StoredFolder, recursive: bool = False, leave_out: str | None = None
) -> StoredPictures:
    """Search a stored folder for pictures, with `recursive` its sub-folders too.

    leave_out: the relative path of a folder within.

    The same files count as pictures as on a disk; but where opening one takes a request, its
    suffix alone decides. Raises OSError where the folder cannot be listed.
    """
    listed = folder.list(recursive)
    found = StoredPictures(others=listed.others)
    found.passed_over = sum(not is_clutter(name) and name != leave_out for name in listed.folders)
    for name in listed.files:
        parts = name.split("/")
        if any(part not in ("", ".", "..") and is_clutter(part) for part in parts):
            continue
        if leave_out is not None and name.startswith(leave_out + "/"):
            continue
        if not _can_be_a_path(name, parts):
            found.unreadable.append((name, "its name cannot be a path elsewhere"))
        elif PurePosixPath(parts[-1]).suffix.lower() in SUFFIXES:
            found.names.append(name)
        elif folder.near:
            _look_into(folder, name, found)
        else:
            found.others += 1
    found.names.sort(key=lambda name: name.replace("/", "\0"))
    found.unreadable.sort()
    return found


def _can_be_a_path(name: str, parts: list[str]) -> bool:
    """Tell whether a file of this name lies below every folder, on every disk."""
    impossible = "\0" in name or (os.sep != "/" and (os.sep in name or ":" in name))
    return not impossible and not {"", ".", ".."} & set(parts) and len(name) <= _LONGEST


def _look_into(folder: StoredFolder, name: str, found: StoredPictures) -> None:
    try:
        with (folder / name).open() as file:
            start = file.read(SIGNATURE_BYTES)
    except OSError as error:
        found.unreadable.append((name, error.strerror or str(error)))
        return
    if recognise(start):
        found.names.append(name)
    else:
        found.others += 1
