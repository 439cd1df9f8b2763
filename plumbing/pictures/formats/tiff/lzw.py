"""LZW, as TIFF has it (TIFF 6.0, section 13): codes of 9 to 12 bits, the highest bit first.

The string of code 258 + n is that of the nth code since the table was cleared and the byte that
follows it in the output. So each code beyond the bytes copies a piece of what is there already, and
the widths of codes depend on their number alone: both is computed for a whole table at once.
"""

from __future__ import annotations

import numpy as np

from plumbing.pictures.errors import PictureError, unsupported
from plumbing.pictures.formats.tiff.packbits import BROKEN, check_end

_CLEAR, _END, _FIRST = 256, 257, 258
_MOST_CODES = 4096 - _FIRST + 1  # until the table is full

# The code number n is read with so many entries in the table; one early, codes become longer.
_ENTRIES = _FIRST + np.maximum(np.arange(_MOST_CODES) - 1, 0)
_WIDTHS = 9 + (_ENTRIES >= 511) + (_ENTRIES >= 1023) + (_ENTRIES >= 2047)
_BITS_BEFORE = np.cumsum(_WIDTHS) - _WIDTHS
_BITS_BEHIND = np.cumsum(_WIDTHS)


def expand_lzw(data: bytes, size: int) -> bytes:
    """Expand LZW to `size` bytes, or fewer where the data end early.

    Raises PictureError where a code is not in the table or the data go on behind the end.
    """
    if data[:1] == b"\0" and data[1:2] and data[1] & 1:
        raise unsupported("a TIFF whose compression is LZW of the old style")
    stored = np.frombuffer(data + bytes(3), np.uint8)
    pieces = []
    length = place = 0  # the latter counts bits
    while length < size:
        codes = _read_codes(stored, place, 8 * len(data))
        stops = np.flatnonzero((codes == _CLEAR) | (codes == _END))
        stop = codes[stops[0]] if len(stops) else None
        count = int(stops[0]) if len(stops) else len(codes)
        piece, used = _expand_codes(codes[:count], size - length)
        pieces.append(piece)
        length += len(piece)
        if length == size:
            place += int(_BITS_BEHIND[used - 1])
        elif used < count or (stop is None and count == _MOST_CODES):
            raise PictureError(BROKEN)  # a code that is not in the table, or one too many
        elif stop == _CLEAR:
            place += int(_BITS_BEHIND[count])
        else:
            break
    check_end(data[-(-place // 8) :].strip(b"\0"), length, size)
    return b"".join(pieces)


def _read_codes(stored: np.ndarray, place: int, end: int) -> np.ndarray:
    """Read codes from the bit `place` on, up to a full table or the last that ends at `end`."""
    count = int(np.searchsorted(_BITS_BEHIND, end - place, side="right"))
    bits, widths = place + _BITS_BEFORE[:count], _WIDTHS[:count]
    first = bits >> 3
    words = stored[first].astype(np.uint32) << 16
    words |= stored[first + 1].astype(np.uint32) << 8
    words |= stored[first + 2]
    return (words >> (24 - (bits & 7) - widths)) & ((1 << widths) - 1)


def _expand_codes(codes: np.ndarray, room: int) -> tuple[bytes, int]:
    """Expand codes since the table was cleared until `room` bytes are there.

    Also returns how many codes that took; fewer where one is not in the table.
    """
    numbers = np.arange(len(codes), dtype=np.int32)
    copies = codes >= _FIRST
    copied = np.where(
        copies, codes.astype(np.int32) - _FIRST, numbers
    )  # the number of the code that is copied
    wrong = np.flatnonzero(copies & (copied >= numbers))
    if len(wrong):
        codes, copies, copied = codes[: wrong[0]], copies[: wrong[0]], copied[: wrong[0]]
    # A copy is one byte longer than the code that is copied.
    lengths, ancestor = copies.astype(np.int32), copied
    while (more := lengths[ancestor]).any():
        lengths, ancestor = lengths + more, ancestor[ancestor]
    ends = np.cumsum(lengths + 1, dtype=np.int32)
    used = int(np.searchsorted(ends, room)) + 1
    if used <= len(codes) and ends[used - 1] > room:
        raise PictureError(BROKEN)
    used = min(used, len(codes))
    if not used:
        return b"", 0
    starts = ends[:used] - lengths[:used] - 1
    total = int(ends[used - 1])
    # Where each byte is copied from, and where that was copied from, and so on to a first one.
    origin = np.arange(total, dtype=np.int32) - np.repeat(
        starts - starts[copied[:used]], lengths[:used] + 1
    )
    while not np.array_equal(earlier := origin[origin], origin):
        origin = earlier
    output = np.zeros(total, dtype=np.uint8)
    output[starts] = codes[:used] & 0xFF  # where this is no first byte, nothing leads here
    return output[origin].tobytes(), used
