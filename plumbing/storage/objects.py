"""Object storage, and every other place that fsspec knows: s3://, gs://, az://, ...

fsspec and the package for a protocol are imported when one is used. They find credentials and
endpoints where they always do: in environment variables, in their configuration files, in the
machine's role.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import time
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, BinaryIO, TypeVar

from plumbing.commands.errors import UsageError
from plumbing.storage.stored import SMALL, StoredNames, open_ranges
from plumbing.urls import protocol

INSTALLATION = "pip install 'moussaka[storage]'"
TRIES = 4
FIRST_PAUSE = 0.25  # seconds; each next one is four times as long

# Where a PUT makes an object appear whole, and renaming is copying.
_WHOLE = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "hf", "memory"}
# What trying again does not change.
_FINAL = (FileNotFoundError, PermissionError, IsADirectoryError, NotImplementedError)

Result = TypeVar("Result")


class ObjectPath:
    """The place of an object, or of all objects whose names begin with it and a slash.

    Reading and writing is tried four times, with pauses of some five seconds together, before it
    fails: both may be repeated safely.
    """

    near = False

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") if not url.endswith("://") else url
        self._content: bytes | None = None  # of a small object, once it has been read

    def __str__(self) -> str:
        return self.url

    def __repr__(self) -> str:
        return f"ObjectPath({self.url!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectPath) and self.url == other.url

    def __hash__(self) -> int:
        return hash(self.url)

    def __reduce__(self) -> tuple[type[ObjectPath], tuple[str]]:
        return ObjectPath, (self.url,)

    def __truediv__(self, name: str) -> ObjectPath:
        """Return the object with a relative path."""
        name = name.replace(os.sep, "/")
        return ObjectPath(f"{self.url}/{name}" if name else self.url)

    @property
    def name(self) -> str:
        """The last part of the place."""
        return self.url.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The suffix of the name, with the dot."""
        return PurePosixPath(self.name).suffix

    @property
    def parent(self) -> ObjectPath:
        """The place that the object lies in."""
        return ObjectPath(self.url.rpartition("/")[0])

    def list(self, recursive: bool) -> StoredNames:
        """List the objects in it by one listing. Raises OSError."""
        system, path = self._system()
        top = path.rstrip("/") + "/"
        # Listings that are kept would hide what others write meanwhile, and take memory.
        system.invalidate_cache()
        try:
            if recursive:
                found = self._try(lambda: system.find(path, withdirs=False, detail=False))
                return StoredNames([_within(top, name) for name in found if name != path], [])
            entries = self._try(lambda: system.ls(path, detail=True))
        except FileNotFoundError:
            return StoredNames([], [])
        finally:
            system.invalidate_cache()
        files = [_within(top, entry["name"]) for entry in entries if entry["type"] == "file"]
        folders = [_within(top, entry["name"]) for entry in entries if entry["type"] == "directory"]
        return StoredNames([name for name in files if name], [name for name in folders if name])

    def is_object(self) -> bool:
        """Tell whether there is an object of this name itself. Raises OSError."""
        system, path = self._system()
        return bool(self._try(lambda: system.isfile(path)))

    def open(self) -> BinaryIO:
        """Open the object for reading: a small one takes one request. Raises OSError."""
        if self._content is not None:
            return io.BytesIO(self._content)
        system, path = self._system()

        def read_beginning() -> bytes:
            try:
                return system.cat_file(path, start=0, end=SMALL)
            except _FINAL:
                raise
            except Exception:
                # A range of an empty object is an error with some.
                if system.info(path)["size"] == 0:
                    return b""
                raise

        beginning = self._try(read_beginning)
        if len(beginning) < SMALL:
            self._content = beginning
            return io.BytesIO(beginning)

        def read(start: int, end: int) -> bytes:
            return self._try(lambda: system.cat_file(path, start=start, end=end))

        return open_ranges(read, self._size(), beginning)

    def write(self, data: bytes) -> None:
        """Have the object appear whole. Raises OSError."""
        system, path = self._system()
        if protocol(self.url) in _WHOLE:
            self._try(lambda: system.pipe_file(path, data))
            return
        folder, _, _ = path.rpartition("/")
        temporary = f"{folder}/.{secrets.token_hex(8)}.temporary"
        try:
            if folder:
                self._try(lambda: system.makedirs(folder, exist_ok=True))
            self._try(lambda: system.pipe_file(temporary, data))
            self._try(lambda: system.mv(temporary, path))
        except BaseException:
            with contextlib.suppress(Exception):
                system.rm_file(temporary)
            raise

    def _size(self) -> int:
        system, path = self._system()
        return int(self._try(lambda: system.info(path))["size"])

    def _system(self) -> tuple[Any, str]:
        try:
            import fsspec

            return fsspec.core.url_to_fs(self.url)
        except ImportError as error:
            raise UsageError(f"{self.url}: {_line(error)} ({INSTALLATION})") from error
        except Exception as error:  # each protocol has exceptions of its own
            raise UsageError(f"{self.url}: {_line(error)}") from error

    def _try(self, call: Callable[[], Result]) -> Result:
        """Call something that may be repeated; raises OSError with the reason."""
        for attempt in range(TRIES):
            try:
                return call()
            except _FINAL as error:
                raise _as_os_error(error, self.url) from error
            except Exception as error:  # likewise
                if attempt == TRIES - 1:
                    raise _as_os_error(error, self.url) from error
                time.sleep(FIRST_PAUSE * 4**attempt)
        raise AssertionError("not reached")


def _as_os_error(error: Exception, url: str) -> OSError:
    if isinstance(error, FileNotFoundError):
        return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), url)
    if isinstance(error, PermissionError):
        return PermissionError(errno.EACCES, _line(error), url)
    # A number would be taken for the disk's: such as for a full one, which ends a run.
    return OSError(0, _line(error), url)


def _line(error: Exception) -> str:
    reason = str(getattr(error, "strerror", None) or error).strip()
    return " ".join(reason.split())[:300] or type(error).__name__


def _within(top: str, name: str) -> str:
    """Return a name relative to a folder, whose name ends in a slash."""
    return name.lstrip("/").removeprefix(top.lstrip("/"))
