"""WebP files (RFC 9649)."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.header import ANIMATION, MOST_PARTS, Header, unpack
from plumbing.pictures.formats.line_ends import CHANGED_LINE_ENDS, line_ends_were_expanded
from plumbing.pictures.formats.pixels import decode_with_opencv, to_bgr
from plumbing.pictures.formats.tags import read_exif_orientation


def read_header(file: BinaryIO) -> Header:
    """Read the size and the orientation from the container. Raises PictureError."""
    file.seek(12)
    kind, _ = unpack(file, "<4sI")
    if kind == b"VP8 ":
        file.seek(26)
        width, height = unpack(file, "<HH")
        return Header("webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        file.seek(21)
        (bits,) = unpack(file, "<I")
        return Header("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind != b"VP8X":
        raise PictureError("damaged: a WebP file without its header")
    flags, _, low, middle, high = unpack(file, "<B3sHHH")  # two numbers of 24 bits
    width, height = (low | (middle & 0xFF) << 16) + 1, (middle >> 8 | high << 8) + 1
    return Header(
        "webp",
        width,
        height,
        orientation=_orientation(file) if flags & 0x08 else 1,
        others=ANIMATION if flags & 0x02 else "",
    )


def decode(data: bytes) -> np.ndarray:
    """Decode a whole file to uint8 BGR (H, W, 3), its transparency on white.

    The first picture of an animation. Raises PictureError.
    """
    size = int.from_bytes(data[4:8], "little") + 8
    if len(data) != size and line_ends_were_expanded(data):
        raise PictureError(CHANGED_LINE_ENDS)
    return to_bgr(decode_with_opencv(data))


def _orientation(file: BinaryIO) -> int:
    place = 12
    for _ in range(MOST_PARTS):
        file.seek(place)
        try:
            kind, length = unpack(file, "<4sI")
        except PictureError:  # the end; what is missing, the decoder tells
            break
        if kind == b"EXIF":
            return read_exif_orientation(file) or 1
        place += 8 + length + length % 2
    return 1
