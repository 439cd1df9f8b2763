"""Archives (.tar) as folders of files: one file on the disk in place of thousands."""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from plumbing.commands.errors import UsageError
from plumbing.files.atomic import open_atomically
from plumbing.files.regular import open_regular_file
from plumbing.storage.stored import SMALL, StoredNames, open_ranges

SUFFIX = ".tar"
_ENCODING = ("utf-8", "surrogateescape")
# What `tarfile` raises for headers that cannot be: it reads as many bytes as they say.
_MALFORMED = (tarfile.TarError, OverflowError, ValueError, MemoryError)


class _Named:
    """A file in an archive, by its name."""

    def __init__(self, archive: object, member: str) -> None:
        self._archive_name = str(archive)
        self._member = member

    def __str__(self) -> str:
        return f"{self._archive_name}/{self._member}"

    @property
    def name(self) -> str:
        """The last part of its path in the archive."""
        return PurePosixPath(self._member).name

    @property
    def suffix(self) -> str:
        """The suffix of its name, with the dot."""
        return PurePosixPath(self._member).suffix


class Member(_Named):
    """A file in an archive, known by where its content lies."""

    def __init__(self, archive: Path, member: str, start: int, size: int) -> None:
        super().__init__(archive, member)
        self._archive = archive
        self._start = start
        self._bytes = size

    def open(self) -> BinaryIO:
        """Open it for reading. Raises OSError."""
        if self._bytes > SMALL:
            return open_ranges(self._read, self._bytes)
        return io.BytesIO(self._read(0, self._bytes))

    def write(self, data: bytes) -> None:
        """Raise OSError: archives are written as a whole."""
        raise OSError(0, "a file in an archive that is read cannot be written")

    def _read(self, start: int, end: int) -> bytes:
        with open_regular_file(self._archive) as file:
            file.seek(self._start + start)
            data = file.read(end - start)
        if len(data) < end - start:
            raise OSError(0, "the archive ends within it")
        return data


class Archive:
    """An archive that is read. Of several members of a name, the last one counts.

    damage: why it does not end as it should, or "".
    others: members that are no files, such as links.
    """

    near = True

    def __init__(self, path: Path) -> None:
        """Go through the archive. Raises UsageError where it is none, OSError."""
        self.path = path
        self.damage = ""
        self.others = 0
        self._numbers: dict[str, int] = {}
        self._starts = array("q")
        self._sizes = array("q")
        with open_regular_file(path) as file:
            self._index(file)

    def __str__(self) -> str:
        return str(self.path)

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __truediv__(self, name: str) -> Member:
        """Return the member with a relative path. Raises OSError where there is none."""
        name = name.replace(os.sep, "/")
        number = self._numbers.get(name)
        if number is None:
            raise FileNotFoundError(2, os.strerror(2), f"{self.path}/{name}")
        return Member(self.path, name, self._starts[number], self._sizes[number])

    def list(self, recursive: bool) -> StoredNames:
        """List the files in it."""
        if recursive:
            return StoredNames(list(self._numbers), [], self.others)
        files = [name for name in self._numbers if "/" not in name]
        folders = {name.partition("/")[0] for name in self._numbers if "/" in name}
        return StoredNames(files, sorted(folders), self.others)

    def _index(self, file: BinaryIO) -> None:
        length = os.fstat(file.fileno()).st_size
        try:
            with tarfile.open(fileobj=file, mode="r:", encoding=_ENCODING[0]) as tar:
                try:
                    while (member := tar.next()) is not None:
                        if member.size < 0:
                            raise tarfile.ReadError("a size below zero")
                        self._add(member, min(member.size, length))
                        if member.size > length:
                            raise tarfile.ReadError("unexpected end of data")
                        tar.members.clear()  # type: ignore[attr-defined]  # a kilobyte each
                except _MALFORMED as error:
                    self.damage = f"the archive is damaged: {error}"
                    return
                file.seek(tar.offset)
                if file.read(tarfile.BLOCKSIZE).strip(b"\0") or not file.tell() > tar.offset:
                    self.damage = "the archive is damaged: its end is missing"
        except _MALFORMED as error:
            raise UsageError(f"{self.path} is no archive, or a compressed one") from error

    def _add(self, member: tarfile.TarInfo, size: int) -> None:
        if member.isdir():
            return
        if not member.isreg() or member.issparse():
            self.others += 1
            return
        name = member.name
        while name.startswith("./"):
            name = name[2:].lstrip("/")
        self._numbers[name] = len(self._starts)
        self._starts.append(member.offset_data)
        self._sizes.append(size)


class NewArchive:
    """An archive that is written: while it is opened, files may be added to it by any thread.

    It gets its name, as a whole, when it is closed. Members of an archive that has the name already
    stay in it, unless one of their names is written anew.
    """

    near = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._lock = threading.Lock()
        self._written: set[str] = set()

    def __str__(self) -> str:
        return str(self.path)

    def __truediv__(self, name: str) -> NewMember:
        """Return the member with a relative path."""
        return NewMember(self, name.replace(os.sep, "/"))

    def list(self, recursive: bool) -> StoredNames:
        """List the files in the archive that has the name already."""
        if not os.path.lexists(self.path):
            return StoredNames([], [])
        return Archive(self.path).list(recursive)

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Have it written while this is entered; what is in it stays also where an error leaves it.

        Raises OSError.
        """
        failure: BaseException | None = None
        with open_atomically(self.path) as self._file:
            try:
                yield
            except BaseException as error:
                if not self._written:
                    raise
                failure = error
            if os.path.lexists(self.path):
                self._keep_old(Archive(self.path))
            size = self._file.tell()
            end = -(size + 2 * tarfile.BLOCKSIZE) % tarfile.RECORDSIZE
            self._file.write(bytes(2 * tarfile.BLOCKSIZE + end))
        self._file = None
        if failure is not None:
            raise failure

    def add(self, name: str, data: bytes) -> None:
        """Add a file. Raises OSError; nothing of it is then in the archive."""
        info = tarfile.TarInfo(name)
        info.size = len(data)
        header = info.tobuf(tarfile.PAX_FORMAT, *_ENCODING)
        padding = bytes(-len(data) % tarfile.BLOCKSIZE)
        with self._lock:
            if self._file is None:
                raise OSError(0, "the archive is not open")
            start = self._file.tell()
            try:
                self._file.write(header + data + padding)
                self._file.flush()
            except OSError:
                with contextlib.suppress(OSError):
                    self._file.seek(start)
                    self._file.truncate()
                raise
            self._written.add(name)

    def _keep_old(self, old: Archive) -> None:
        for name in old:
            if name not in self._written:
                with (old / name).open() as file:
                    self.add(name, file.read())


class NewMember(_Named):
    """A file in an archive that is written."""

    def __init__(self, archive: NewArchive, member: str) -> None:
        super().__init__(archive, member)
        self._archive = archive

    def open(self) -> BinaryIO:
        """Raise OSError: it is only written."""
        raise OSError(0, "a file in an archive that is written cannot be read")

    def write(self, data: bytes) -> None:
        """Add it. Raises OSError."""
        self._archive.add(self._member, data)
