"""SHA-256 digests of files."""

from __future__ import annotations

import hashlib

from plumbing.storage.stored import File, open_file


def sha256(file: File) -> str:
    """Return the SHA-256 digest of a regular file, or a stored one, in hexadecimal.

    Raises OSError.
    """
    digest = hashlib.sha256()
    with open_file(file) as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
