"""PackBits and LZW, as TIFF has them (TIFF 6.0, sections 9 and 13)."""

from __future__ import annotations

from plumbing.pictures.errors import PictureError, unsupported

_BROKEN = "damaged: a strip of it is corrupt"
_CLEAR, _END = 256, 257
_MOST_CODES = 4096
_PADDING = 4  # bytes that may stand behind the end


def expand_packbits(data: bytes, size: int) -> bytes:
    """Expand PackBits to `size` bytes, or fewer where the data end early.

    Raises PictureError where they go on behind that.
    """
    pieces = []
    place = length = 0
    while length < size and place < len(data):
        count = data[place]
        place += 1
        if count < 128:
            pieces.append(data[place : place + count + 1])
            place += count + 1
            length += len(pieces[-1])
        elif count > 128:
            pieces.append(data[place : place + 1] * (257 - count))
            place += 1
            length += len(pieces[-1])
    _check_end(data[place:].strip(b"\x80"), length, size)
    return b"".join(pieces)


def expand_lzw(data: bytes, size: int) -> bytes:
    """Expand LZW to `size` bytes, or fewer where the data end early.

    Codes of 9 to 12 bits, the highest bit first; one code earlier than needed they become longer.
    Raises PictureError where a code is not in the table or the data go on behind the end.
    """
    if data[:1] == b"\0" and data[1:2] and data[1] & 1:
        raise unsupported("a TIFF whose compression is LZW of the old style")
    first: list[bytes] = [bytes([value]) for value in range(256)] + [b"", b""]
    table = first.copy()
    pieces: list[bytes] = []
    length = place = held = have = 0
    width, limit = 9, 511
    previous = b""
    total = len(data)
    while length < size:
        while have < width:
            if place >= total:
                return b"".join(pieces)
            held = (held & 0xFFFF) << 8 | data[place]
            have += 8
            place += 1
        have -= width
        code = held >> have & limit
        if code == _CLEAR:
            table = first.copy()
            width, limit, previous = 9, 511, b""
            continue
        if code == _END:
            break
        if code < len(table):
            entry = table[code]
        elif previous and code == len(table):
            entry = previous + previous[:1]
        else:
            raise PictureError(_BROKEN)
        if previous and len(table) < _MOST_CODES:
            table.append(previous + entry[:1])
            if len(table) >= limit and width < 12:
                width += 1
                limit = 2**width - 1
        pieces.append(entry)
        length += len(entry)
        previous = entry
    _check_end(data[place:].strip(b"\0"), length, size)
    return b"".join(pieces)


def _check_end(rest: bytes, length: int, size: int) -> None:
    if length > size or (length == size and len(rest) > _PADDING):
        raise PictureError(_BROKEN)
