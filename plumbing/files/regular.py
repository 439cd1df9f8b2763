"""Opening regular files only: opening a FIFO blocks, and a device may have no end."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular_file(path: Path | str) -> BinaryIO:
    """Open a regular file, or a link to one, for reading; nothing else is ever opened.

    Raises OSError, its `strerror` being the reason and its `filename` the path.
    """
    _check_kind(path, os.stat(path).st_mode)
    # Should it have become a FIFO meanwhile, opening it does not block, and it is looked at again.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = open(os.open(path, flags), "rb")
    try:
        _check_kind(path, os.fstat(file.fileno()).st_mode)
    except OSError:
        file.close()
        raise
    return file


def _check_kind(path: Path | str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise OSError(0, f"not a file, but {kind}", os.fspath(path))
