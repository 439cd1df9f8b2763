"""Is a JPEG whole? Some cameras leave out the end marker; other files end in mid-picture.

A decoder that is given the marker fills what is missing with grey and says nothing. To tell the
two apart, other bytes are put where the file ends: if they show in the picture, it was not whole.
"""

from __future__ import annotations

import re

import cv2
import numpy as np

# The next marker in entropy-coded data: neither a stuffed FF 00, nor a restart (D0 to D7), nor a
# fill byte (ITU-T T.81, B.1.1).
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SCAN = b"\xff\xda"
_END = b"\xff\xd9"

# Two different continuations, longer than what a decoder reads ahead. Neither has the bit pattern
# 111111111, which is no Huffman code in the tables that are in use.
_CONTINUATIONS = (b"\x00" * 64, b"\xaa" * 64)

# So many zeros at the end are padding: of whole blocks of a disk. Fewer may end a picture.
_PADDING_BYTES = 16

# What decoders put where data are missing: luma and chroma in the middle of their range.
_MISSING = 128


def scan_end(data: bytes) -> tuple[int, bool, int]:
    """Find where the picture of a JPEG file ends.

    Returns the place behind its last entropy-coded byte, whether the end marker stands there, and
    the number of scans.
    """
    place, scans = 2, 0
    while place + 4 <= len(data):
        if data[place] != 0xFF or data[place + 1] in (0x00, 0xFF):
            place += 1  # a fill byte, or a stray one
            continue
        marker = data[place : place + 2]
        if marker == _END:
            return place, True, scans
        if marker[1] == 0x01 or 0xD0 <= marker[1] <= 0xD8:  # these stand alone
            if marker[1] == 0xD8 and scans:  # another picture begins
                return place, False, scans
            place += 2
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == _SCAN:
            scans += 1
            found = _MARKER.search(data, place)
            place = found.start() if found else len(data)
    closed = data[place : place + 2] == _END
    return min(place, len(data)), closed, scans


def decode_unclosed(data: bytes, mode: int) -> np.ndarray | None:
    """Decode the JPEG file `data`, of which no more than the end marker is missing.

    `mode` is that of cv2.imdecode. Returns None where part of the picture is missing too, or where
    that cannot be told: in progressive files, which no camera writes.
    """
    body = _without_padding(data)
    first, second = (
        cv2.imdecode(np.frombuffer(body + continuation, dtype=np.uint8), mode)
        for continuation in _CONTINUATIONS
    )
    if first is None or second is None or not np.array_equal(first, second):
        return None
    return first


def looks_cut_off(picture: np.ndarray) -> bool:
    """Tell whether the last pixel of a picture is what decoders put for missing ones."""
    return bool((picture[-1, -1] == _MISSING).all())


def _without_padding(data: bytes) -> bytes:
    """Cut off zeros that fill up the file, and the first half of a cut end marker."""
    body = data.rstrip(b"\0")
    if len(data) - len(body) < _PADDING_BYTES:
        return data.rstrip(b"\xff")
    return body + b"\0" if body.endswith(b"\xff") else body  # FF 00 belongs to the picture
