"""The sha256 at the end of each ONNX file that the project writes.

A file is the network as ONNX serialises it, followed by its seal: one more entry of the metadata,
`sha256`, with the digest of all that comes before it. Protocol buffers allow this, because a
message may go on after any of its fields, so every ONNX reader takes the whole as it is.
"""

from __future__ import annotations

import hashlib

from cnn_denoiser.model_files.model_folder import CheckpointError

# ModelProto.metadata_props (field 14, 74 bytes) { key: "sha256" (field 1), value (field 2) }
_HEAD = b"\x72\x4a\x0a\x06sha256\x12\x40"
_DIGITS = 64


class StaleOnnxError(CheckpointError):
    """An ONNX file is missing, damaged, or of other weights: making it anew may help."""


def seal(network: bytes) -> bytes:
    """Return a serialised ONNX network with its seal."""
    return network + _HEAD + hashlib.sha256(network).hexdigest().encode()


def sha256_in_seal(sealed: bytes) -> str | None:
    """Return the sha256 that a seal holds; None where it is not the network's, or missing."""
    end = len(sealed) - len(_HEAD) - _DIGITS
    if end < 0:
        return None
    digest = hashlib.sha256(memoryview(sealed)[:end]).hexdigest()
    return digest if sealed[end:] == _HEAD + digest.encode() else None
