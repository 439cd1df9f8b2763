"""SHA-256 digests of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from plumbing.files.regular import open_regular_file


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a regular file in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with open_regular_file(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
