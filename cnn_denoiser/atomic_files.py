"""Writing a file so that nobody ever sees half of it."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside the path under a temporary, hidden name, sync, and rename.

    Whatever stops this half-way, the path holds its old content or the new one. Raises OSError;
    the temporary file is then removed.
    """
    path = Path(path)
    # Not made from the path's own name, which may already be as long as names can be.
    temporary = path.with_name(f".{secrets.token_hex(8)}.temporary")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
