"""Telling the format of a file by its first bytes."""

from __future__ import annotations

from plumbing.pictures.formats.tags import TIFF_SIGNATURES

# The suffixes of each format that is read and written; the first is the usual one.
FORMATS = {
    "jpeg": (".jpg", ".jpeg"),
    "png": (".png",),
    "bmp": (".bmp",),
    "webp": (".webp",),
    "tiff": (".tif", ".tiff"),
}
SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)

SIGNATURE_BYTES = 16  # from the start of a file: enough to recognise every format


def recognise(data: bytes) -> str | None:
    """Name the format by the file's first bytes: a key of FORMATS, or else None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"BM"):
        return "bmp"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(TIFF_SIGNATURES):
        return "tiff"
    return None
