"""What the first bytes of a picture file say: its format and the size that it claims.

Decoders believe a header before they read the pixels: a PNG of 48 kilobytes can claim 20000x20000
pixels and cost 1.2 gigabytes. So the claimed size is looked up here first, without decoding.
"""

from __future__ import annotations

import struct

# Markers of JPEG frames, which hold the size (ITU-T T.81, table B.1): C0 to CF, but for the
# Huffman and arithmetic tables (C4, CC) and the reserved C8.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# JPEG markers that stand alone, without a length: TEM, restarts and the start of the image.
_JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def recognise(data: bytes) -> str | None:
    """Name the format by the file's signature: jpeg, png, bmp, webp or tiff, or else None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"BM"):
        return "bmp"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    return None


def claimed_size(data: bytes) -> tuple[int, int] | None:
    """Read width and height in pixels from the header; None where it is damaged or unknown."""
    readers = {"jpeg": _jpeg, "png": _png, "bmp": _bmp, "webp": _webp, "tiff": _tiff}
    reader = readers.get(recognise(data) or "")
    try:
        return reader(data) if reader else None
    except struct.error:  # the header ends too early
        return None


def _png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _bmp(data: bytes) -> tuple[int, int]:
    (header_size,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header_size == 12 else "<ii", data, 18)
    return abs(width), abs(height)  # a negative height means that the top row comes first


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        low, middle, high = struct.unpack_from("<HHH", data, 24)  # two numbers of 24 bits
        return (low | (middle & 0xFF) << 16) + 1, (middle >> 8 | high << 8) + 1
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place < len(data):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1] if place + 1 < len(data) else 0
        if marker == 0xFF:  # a fill byte
            place += 1
        elif marker in _JPEG_STANDALONE:
            place += 2
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        else:
            (length,) = struct.unpack_from(">H", data, place + 2)
            place += 2 + length
    return None


def _tiff(data: bytes) -> tuple[int, int] | None:
    """Read the first directory (TIFF 6.0, section 2); BigTIFF is left to the decoder."""
    order = "<" if data.startswith(b"II") else ">"
    version, directory = struct.unpack_from(f"{order}HI", data, 2)
    if version != 42:
        return None
    (entries,) = struct.unpack_from(f"{order}H", data, directory)
    sizes: dict[int, int] = {}
    for entry in range(directory + 2, directory + 2 + 12 * entries, 12):
        tag, kind = struct.unpack_from(f"{order}HH", data, entry)
        if tag in (256, 257):  # ImageWidth, ImageLength: SHORT (3) or LONG (4)
            (sizes[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, entry + 8)
    return (sizes[256], sizes[257]) if len(sizes) == 2 else None
