"""PackBits, as TIFF has it (TIFF 6.0, section 9)."""

from __future__ import annotations

from plumbing.pictures.errors import PictureError

BROKEN = "damaged: a strip of it is corrupt"
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
    check_end(data[place:].strip(b"\x80"), length, size)
    return b"".join(pieces)


def check_end(rest: bytes, length: int, size: int) -> None:
    """Raise PictureError where more has come out than `size`, or more is left than padding."""
    if length > size or (length == size and len(rest) > _PADDING):
        raise PictureError(BROKEN)
