"""What files elsewhere have in common with files on a disk, and using both alike."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from plumbing.files.atomic import write_atomically
from plumbing.files.regular import open_regular_file

SMALL = 1 << 20  # bytes; a file that is no larger is read at once


class StoredFile(Protocol):
    """A file that is not on a disk by itself; `str` of it is its place, for people."""

    @property
    def name(self) -> str:
        """The last part of its place."""

    @property
    def suffix(self) -> str:
        """The suffix of its name, with the dot."""

    def open(self) -> BinaryIO:
        """Open it for reading, from any position on. Raises OSError."""

    def write(self, data: bytes) -> None:
        """Have it appear whole, or not at all. Raises OSError."""


class StoredNames(NamedTuple):
    """What a stored folder holds.

    files:   relative paths, with slashes, in no order.
    folders: that lie in it directly, where these were not looked into.
    others:  entries that are no files.
    """

    files: list[str]
    folders: list[str]
    others: int = 0


class StoredFolder(Protocol):
    """A folder of stored files; `str` of it is its place, for people.

    near: whether opening a file costs no more than on a disk.
    """

    near: bool

    def list(self, recursive: bool) -> StoredNames:
        """List the files in it, with `recursive` those of all folders in it. Raises OSError."""

    def __truediv__(self, name: str) -> StoredFile:
        """Return the file with a relative path."""


File = Path | StoredFile
Folder = Path | StoredFolder


def open_file(file: File) -> BinaryIO:
    """Open a regular file, or a stored one, for reading. Raises OSError with its `strerror`."""
    return open_regular_file(file) if isinstance(file, Path) else file.open()


def write_file(file: File, data: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    if isinstance(file, Path):
        write_atomically(file, data)
    else:
        file.write(data)


def open_ranges(read: Callable[[int, int], bytes], size: int, beginning: bytes = b"") -> BinaryIO:
    """Return a file for reading that is fetched in ranges, as they are needed.

    read:      returns the bytes from one position to before another one. Raises OSError.
    size:      of the whole, in bytes.
    beginning: what of it is here already.
    """
    return io.BufferedReader(_Ranges(read, size, beginning), SMALL)


class _Ranges(io.RawIOBase):
    def __init__(self, read: Callable[[int, int], bytes], size: int, beginning: bytes) -> None:
        self._read = read
        self._size = size
        self._beginning = beginning
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read as much as there is room for."""
        start = self._position
        end = min(start + len(buffer), self._size)
        if start >= end:
            return 0
        if start < len(self._beginning):
            data = self._beginning[start:end]
        else:
            data = self._read(start, end)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
