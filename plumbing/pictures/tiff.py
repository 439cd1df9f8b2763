"""The directory of tags that begins a TIFF file, and the EXIF block of other formats."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

# Tags: ImageWidth, ImageLength, PhotometricInterpretation, Orientation, SamplesPerPixel, TileWidth,
# TileLength and ExtraSamples (TIFF 6.0, sections 8, 15 and 18).
WIDTH, HEIGHT, PHOTOMETRIC, ORIENTATION, SAMPLES = 256, 257, 262, 274, 277
TILE_WIDTH, TILE_HEIGHT, EXTRA_SAMPLES = 322, 323, 338
# The integer types: BYTE, SHORT, LONG, SBYTE, SSHORT, SLONG, LONG8 and SLONG8.
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 16: "Q", 17: "q"}

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # the latter two are BigTIFF

_MOST_ENTRIES = 65_535  # what TIFF can count; BigTIFF could claim more


class HeaderError(Exception):
    """The header is damaged or none of ours; the message is the reason, without the path."""


def unpack(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    """Read what `layout`, one of the module struct, describes. Raises HeaderError at the end."""
    size = struct.calcsize(layout)
    data = file.read(size)
    if len(data) < size:
        raise HeaderError("damaged or incomplete: it ends within its header")
    return struct.unpack(layout, data)


def read_tags(file: BinaryIO, start: int) -> dict[int, int]:
    """Read the single integers in the first directory of a TIFF structure at `start`.

    TIFF 6.0, section 2, and BigTIFF, which has eight bytes where TIFF has four. Where a tag comes
    twice, the larger value counts. Raises HeaderError.
    """
    file.seek(start)
    order = "<" if file.read(2) == b"II" else ">"
    (version,) = unpack(file, order + "H")
    if version == 43:
        place_layout, count_layout, entry_layout = "Q", "Q", "HHQ8s"
        file.seek(start + 8)
    else:
        place_layout, count_layout, entry_layout = "I", "H", "HHI4s"
    (place,) = unpack(file, order + place_layout)
    # Further than a signed number of 64 bits, no file can be read.
    file.seek(min(start + place, 2**62))
    (entries,) = unpack(file, order + count_layout)
    if entries > _MOST_ENTRIES:
        raise HeaderError("damaged: its header has too many entries")
    values: dict[int, int] = {}
    for _ in range(entries):
        tag, kind, count, raw = unpack(file, order + entry_layout)
        if kind in _INTEGERS and count == 1:
            (value,) = struct.unpack_from(order + _INTEGERS[kind], raw + bytes(8))
            values[tag] = max(value, values.get(tag, 0))
    return values


def read_exif_orientation(file: BinaryIO) -> int:
    """Read the orientation of an EXIF block here, 1 to 8; 1 where there is none to be read."""
    place = file.tell()
    if file.read(6) == b"Exif\0\0":  # must be there in JPEG, may be elsewhere
        place += 6
    file.seek(place)
    if file.read(4) not in SIGNATURES:
        return 1
    try:
        return read_tags(file, place).get(ORIENTATION, 1)
    except HeaderError:
        return 1
