"""A lock on a run folder: two trainings into one folder would destroy each other's states."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from plumbing.commands.errors import UsageError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
# What a file system without locks answers.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def lock_run(run_folder: Path) -> Iterator[None]:
    """Keep a run folder to this process; the folder is made where it is missing.

    The operating system drops the lock with its process, so that a killed one leaves none behind.
    Where files cannot be locked, the run goes on with a warning. Raises `UsageError` where another
    process holds the lock, and where the folder cannot be written to.
    """
    try:
        run_folder.mkdir(parents=True, exist_ok=True)
        opened = open(run_folder / LOCK, "ab")
    except OSError as error:
        raise UsageError(
            f"{run_folder} cannot be written to ({error.strerror}): choose another --output"
        ) from error
    with opened as file:
        _lock(file, run_folder)
        yield  # the file stays: removing it would let two processes lock files of the same name


def _lock(file: BinaryIO, run_folder: Path) -> None:
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            _log.warning(
                "%s cannot be locked (%s): see to it yourself that no other training writes there",
                run_folder, os.strerror(error.errno or 0),
            )  # fmt: skip
            return
        raise UsageError(
            f"another training is writing into {run_folder}: wait for its end, or choose another "
            "--output"
        ) from error
