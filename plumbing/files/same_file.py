"""Telling whether two paths lead to one file, however they are spelled and whatever links do."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path


class KnownFiles:
    """Files that are found again under every path that leads to them.

    Two paths lead to one file where the file system has one device and inode for both (symbolic
    and hard links), or where their real paths are the same but for case and for how Unicode
    composes characters: Windows and macOS take such names for one. The files need not exist.
    """

    def __init__(self) -> None:
        self._places = Places()
        self._by_place: dict[str, str] = {}
        self._by_inode: dict[tuple[int, int], str] = {}

    def add(self, path: str | Path) -> None:
        """Know a file."""
        text = os.fspath(path)
        self._by_place.setdefault(self._places.of(text), text)
        if inode := inode_of(text):
            self._by_inode.setdefault(inode, text)

    def find(self, path: str | Path) -> str | None:
        """Return the path under which a file was added, or None where it was not."""
        text = os.fspath(path)
        found = self._by_place.get(self._places.of(text))
        if found is None and self._by_inode and (inode := inode_of(text)):
            found = self._by_inode.get(inode)
        return found


class Places:
    """Real paths, in a form that is one for names that some system takes for the same."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: str) -> str:
        """Return the place of a path, of what it leads to where it is a link."""
        return os.path.join(*self.split(follow(path)))

    def split(self, path: str) -> tuple[str, str]:
        """Return the place of the folder that a path lies in, and its name there, not followed.

        What begins with a protocol (s3://) is on no disk: its place is its name.
        """
        folder, name = os.path.split(path)
        place = self._folders.get(folder)
        if place is None:
            place = _fold(folder if "://" in folder else os.path.realpath(folder))
            self._folders[folder] = place
        return place, _fold(name)


def follow(path: str) -> str:
    """Return what a path leads to where it is a link, else the path."""
    return os.path.realpath(path) if os.path.islink(path) else path


def inode_of(path: str) -> tuple[int, int] | None:
    """Return device and inode of what a path leads to; None where there is nothing, or no inode."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if status.st_ino else None


def _fold(name: str) -> str:
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).lower()
