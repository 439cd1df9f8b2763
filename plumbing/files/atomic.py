"""Writing files whole or not at all: under a temporary name, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.temporary")
# What drives answer that cannot do it, such as some network shares.
_CANNOT = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
# A file that is younger may just have been made, and not be locked yet.
_NEWBORN_SECONDS = 60
# Where files cannot be locked, a younger one may be in use.
_LONG_DEAD_SECONDS = 3600

_log = logging.getLogger(__name__)
_told: set[str] = set()


@contextlib.contextmanager
def open_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write beside the path under a temporary, hidden name; sync and rename it.

    Whatever stops this half-way, the path holds its old content or the new one; where the drive
    cannot sync, not after a power cut, which is told once. Raises OSError; the temporary file is
    then removed, as it is where the block raises anything else.
    """
    path = Path(path)
    # Not made from the path's own name, which may already be as long as names can be.
    temporary = path.with_name(f".{secrets.token_hex(8)}.temporary")
    try:
        with contextlib.ExitStack() as until_renamed:
            with open(temporary, "xb") as file:
                until_renamed.enter_context(_locked(file, path))
                yield file
                file.flush()
                _sync(file.fileno(), path)
            os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_atomically(path: Path, data: bytes) -> None:
    """Write a whole file as `open_atomically` does. Raises OSError."""
    with open_atomically(path) as file:
        file.write(data)


def sync(path: Path) -> None:
    """Have the operating system put a file, or a folder's entries, on the disk. Raises OSError.

    Windows cannot open folders; there the rename alone has to do. So it has where the drive cannot
    sync, which is told once.
    """
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        _sync(descriptor, path)
    finally:
        os.close(descriptor)


def _sync(descriptor: int, path: Path) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        _tell_once("the drive of %s cannot sync: a power cut may undo what is written", path.parent)


def _tell_once(message: str, folder: Path) -> None:
    """Say something of a folder's drive; of the next folders it is not said again."""
    if message not in _told:
        _told.add(message)
        _log.warning(message, folder)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files that killed programs left in a folder; those in use stay.

    Whoever writes one holds a lock on it, which ends with its process. On a drive without locks,
    those that nobody has written to for an hour are removed. What cannot be removed stays.
    """
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if _TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _remove_if_left(Path(entry.path))


def _remove_if_left(path: Path) -> None:
    status = path.stat()
    age = time.time() - status.st_mtime
    if fcntl is None:
        if age > _LONG_DEAD_SECONDS:
            path.unlink()
        return
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _CANNOT or age <= _LONG_DEAD_SECONDS:
                return  # somebody holds it, or may
            path.unlink()
            return
        if status.st_size > 0 or age > _NEWBORN_SECONDS:
            path.unlink()


@contextlib.contextmanager
def _locked(file: BinaryIO, path: Path) -> Iterator[None]:
    """Lock a file against `remove_leftovers`, also after it is closed."""
    if fcntl is None:
        yield
        return
    duplicate = os.dup(file.fileno())  # it shares the lock
    try:
        try:
            fcntl.flock(duplicate, fcntl.LOCK_EX)
        except OSError:
            _tell_once(
                "the drive of %s cannot lock: what a killed run leaves there stays for an hour",
                path.parent,
            )
        yield
    finally:
        os.close(duplicate)
