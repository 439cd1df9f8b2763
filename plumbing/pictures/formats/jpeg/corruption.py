"""Damage in the data of a JPEG that decoders do not warn of.

Huffman codes find back into step behind damage, so that most of it decodes without a warning. Two
traces are left: bytes that are too many at the end, and brightness, stored as differences, that has
drifted out of what pixels can have. Damage without either is a valid picture of something else.
"""

from __future__ import annotations

import cv2
import numpy as np

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.jpeg.scans import Scans
from plumbing.pictures.formats.pixels import decode_with_opencv

try:
    import simplejpeg
except ImportError:
    simplejpeg = None

_END = b"\xff\xd9"
_TABLES = b"\xff\xdb"
_HUFFMAN = (b"\xff\xc0", b"\xff\xc1", b"\xff\xc2")  # frames; the others are arithmetic
_MIDDLE = 128
# How far the mean of a block may be from the middle: encoders go beyond white on purpose
# (mozjpeg, by up to 31 levels, so that white stays clean beside edges).
_FURTHEST = 128 + 32


def find_corruption(data: bytes, scans: Scans) -> str:
    """Say what is wrong with a closed JPEG that decodes without a warning; "" where nothing is."""
    frame = _frame(data, scans)
    if frame[:2] in _HUFFMAN and simplejpeg is not None and _goes_on(data[: scans.end]):
        return "they go on behind the picture"
    if frame[9:10] in (b"\1", b"\3") and _has_impossible_levels(data, scans):  # components
        return "parts of it are darker than black, or brighter than white"
    return ""


def _goes_on(body: bytes) -> bool:
    """Tell whether there are bytes behind the end of a picture; zeros do not count.

    The decoder overlooks up to eight. Where it does not miss the last one, that was too many.
    """
    fewer = body.rstrip(b"\0\xff")[:-1].removesuffix(b"\xff")
    try:
        simplejpeg.decode_jpeg(fewer + _END, "GRAY", min_factor=8, strict=True)
    except ValueError:
        return False
    return True


def _has_impossible_levels(data: bytes, scans: Scans) -> bool:
    """Tell whether blocks are darker than black or brighter than white.

    Decoders cut that off; so the mean of each block is decoded as if the quantisation were half as
    coarse, which leaves room. Where it is the finest already, nothing can be told.
    """
    halved, limit = _halve_means(data[: scans.end] + _END, scans)
    if limit >= _MIDDLE - 1:
        return False
    try:
        means = decode_with_opencv(halved, cv2.IMREAD_REDUCED_GRAYSCALE_8)
    except PictureError:
        return False
    return int(np.abs(means.astype(np.int16) - _MIDDLE).max()) > limit


def _frame(data: bytes, scans: Scans) -> bytes:
    """Return the segment that holds the size, or nothing."""
    for start, end in scans.segments:
        kind = data[start + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return data[start:end]
    return b""


def _halve_means(data: bytes, scans: Scans) -> tuple[bytes, float]:
    """Halve the first factor of each quantisation table (T.81, B.2.4.1), rounding down.

    Returns the file, and how far from the middle its means may be: too far where a factor is 1.
    """
    changed = bytearray(data)
    limit = 0.0
    for start, end in scans.segments:
        if data[start : start + 2] != _TABLES:
            continue
        place = start + 4
        while place < end:
            size = 2 if data[place] >> 4 else 1  # bytes of a factor
            factor = int.from_bytes(data[place + 1 : place + 1 + size], "big")
            half = max(factor // 2, 1)
            changed[place + 1 : place + 1 + size] = half.to_bytes(size, "big")
            # A mean is stored times 8, and rounded to a multiple of the factor.
            limit = max(limit, (_FURTHEST + factor / 8) * half / max(factor, 1) + 1)
            place += 1 + 64 * size
    return bytes(changed), limit
