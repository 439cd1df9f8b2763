"""Finding the picture files in a folder, among whatever else lies there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from plumbing.files.regular import open_regular_file
from plumbing.pictures.formats.signatures import SIGNATURE_BYTES, SUFFIXES, recognise

# What operating systems, network drives and archive programs leave behind, in lower case. Names
# that begin with a dot are clutter anyway.
_CLUTTER = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "icon\r",
        "__macosx",
        "@eadir",
        "#recycle",
        "$recycle.bin",
        "system volume information",
        "lost+found",
    }
)


@dataclass
class FoundPictures:
    """What lies in a folder, or in a tree of folders.

    `names` are those of the pictures, relative to the folder, sorted by their parts. `others`
    counts the visible files that are no pictures. `unreadable` has each folder or file that could
    not be looked into, with the reason. `linked_folders` has the links to folders in a tree, which
    are not entered: they may lead anywhere, in circles too. `passed_over` counts the sub-folders of
    a folder that is searched alone.
    """

    folder: Path = field(default=Path(), compare=False)
    names: list[str] = field(default_factory=list)
    others: int = 0
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    linked_folders: list[Path] = field(default_factory=list)
    passed_over: int = 0

    @property
    def pictures(self) -> list[Path]:
        """The paths of the pictures."""
        return [self.folder / name for name in self.names]


def search_pictures(
    folder: Path, recursive: bool = False, leave_out: Path | None = None
) -> FoundPictures:
    """Search a folder for pictures, with `recursive` its sub-folders too, but not `leave_out`.

    A file counts as a picture if its suffix or its content says so; where both disagree, reading
    it tells. So do links to files, broken ones if their suffix is a picture's. Hidden files and
    the clutter of systems are passed over in silence. Sockets, pipes and devices are never opened;
    they count as others. Raises OSError where `folder` itself cannot be read.
    """
    found = FoundPictures(folder)
    top = os.path.join(os.fspath(folder), "")
    left_out = _identity(leave_out) if leave_out else None
    folders = [os.fspath(folder)]
    while folders:
        current = folders.pop()
        try:
            with os.scandir(current) as entries:
                for entry in entries:
                    if not is_clutter(entry.name):
                        _look_at(entry, found, folders if recursive else None, left_out)
        except OSError as error:
            if current == os.fspath(folder):
                raise
            found.unreadable.append((Path(current), error.strerror or str(error)))
    # Names instead of paths: there may be millions.
    found.names = [name[len(top) :] for name in found.names]
    sort_names(found.names)
    found.unreadable.sort()
    found.linked_folders.sort()
    return found


def sort_names(names: list[str]) -> None:
    """Sort relative paths in place by their parts, as paths are sorted."""
    names.sort(key=lambda name: name.replace(os.sep, "\0"))


def find_pictures(folder: Path) -> list[Path]:
    """List the pictures in a folder, not in its sub-folders: see search_pictures."""
    return search_pictures(folder).pictures


def is_clutter(name: str) -> bool:
    """Tell whether a file or folder of this name is hidden, or what systems leave behind."""
    return name.startswith(".") or name.lower() in _CLUTTER


def _identity(path: str | Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _look_at(
    entry: os.DirEntry[str],
    found: FoundPictures,
    folders: list[str] | None,
    left_out: tuple[int, int] | None,
) -> None:
    """Note one entry of a folder; sub-folders are put on the list of `folders`, if there is one."""
    picture_suffix = os.path.splitext(entry.name)[1].lower() in SUFFIXES
    try:
        if entry.is_dir():
            if folders is None:
                found.passed_over += left_out is None or _identity(entry.path) != left_out
                return
            if entry.is_symlink():
                found.linked_folders.append(Path(entry.path))
            elif left_out is None or _identity(entry.path) != left_out:
                folders.append(entry.path)
            return
        is_file = entry.is_file()
        broken = entry.is_symlink() and not os.path.exists(entry.path)
    except OSError:  # a link that leads in a circle, or to where nobody may look
        is_file, broken = False, True
    if picture_suffix and (is_file or broken):
        found.names.append(entry.path)
    elif not is_file:
        found.others += 1
    else:
        try:
            with open_regular_file(entry.path) as file:
                start = file.read(SIGNATURE_BYTES)
        except OSError as error:
            found.unreadable.append((Path(entry.path), error.strerror or str(error)))
            return
        if recognise(start):
            found.names.append(entry.path)
        else:
            found.others += 1
