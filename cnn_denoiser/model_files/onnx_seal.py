"""The sha256 at the end of each ONNX file that the project writes.

A file is the network as ONNX serialises it, followed by its seal: one more entry of the metadata,
`sha256`, with the digest of all that comes before it. Protocol buffers allow this, because a
message may go on after any of its fields, so every ONNX reader takes the whole as it is.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from cnn_denoiser.model_files.model_folder import CheckpointError

# ModelProto.metadata_props (field 14, 74 bytes) { key: "sha256" (field 1), value (field 2) }
_HEAD = b"\x72\x4a\x0a\x06sha256\x12\x40"
_DIGITS = 64


class StaleOnnxError(CheckpointError):
    """An ONNX file is missing, damaged, or of other weights: making it anew may help."""


def seal(network: bytes) -> bytes:
    """Return a serialised ONNX network with its seal."""
    return network + _HEAD + hashlib.sha256(network).hexdigest().encode()


def sha256_in_seal(sealed: BinaryIO) -> str | None:
    """Return the sha256 that a seal holds; None where it is not the network's, or missing."""
    left = sealed.seek(0, os.SEEK_END) - len(_HEAD) - _DIGITS
    sealed.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := sealed.read(min(left, 1 << 20))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest() if sealed.read() == _HEAD + digest.hexdigest().encode() else None


def verified_sha256(path: Path) -> str:
    """Return the sha256 in the seal of an ONNX file after comparing it with the network's.

    Raises `StaleOnnxError` where the file is missing, damaged, or without a seal.
    """
    try:
        with path.open("rb") as file:
            digest = sha256_in_seal(file)
    except OSError as error:
        raise StaleOnnxError(f"{path} cannot be loaded: {error.strerror}") from error
    if digest is None:
        raise StaleOnnxError(
            f"{path} cannot be loaded: it is damaged, or not from this project's export "
            "(its sha256 does not fit)"
        )
    return digest
