"""The directories of tags of TIFF files, and of the EXIF block of other formats."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.header import unpack

# The latter two are BigTIFF.
TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

ORIENTATION = 274

# The types of integers: BYTE, SHORT, LONG, UNDEFINED, SBYTE, SSHORT, SLONG, IFD, LONG8, SLONG8 and
# IFD8 (TIFF 6.0, section 2, and BigTIFF).
_INTEGERS = {1: "B", 3: "H", 4: "I", 7: "B", 6: "b", 8: "h", 9: "i", 13: "I"}
_INTEGERS |= {16: "Q", 17: "q", 18: "Q"}

_MOST_ENTRIES = 65_535  # what TIFF can count; BigTIFF could claim more
_MOST_DIRECTORIES = 1_000
_MOST_VALUES = 1_000_000  # of a tag: the places of small tiles of a large picture are most


@dataclass
class Directory:
    """A directory of tags: TIFF 6.0, section 2."""

    order: str  # of bytes: that of the module struct, "<" or ">"
    big: bool = False  # BigTIFF, which has eight bytes where TIFF has four
    following: int = 0  # the place of the next directory; 0: there is none
    _entries: dict[int, tuple[int, int, bytes]] = field(default_factory=dict)

    def __contains__(self, tag: int) -> bool:
        """Tell whether there is a tag of integers."""
        return tag in self._entries

    def value(self, tag: int, default: int) -> int:
        """Return the single integer of a tag, or the default where there is none."""
        kind, count, raw = self._entries.get(tag, (0, 0, b""))
        if count != 1 or struct.calcsize(_INTEGERS[kind]) > len(raw):
            return default
        (value,) = struct.unpack_from(self.order + _INTEGERS[kind], raw)
        return value

    def values(self, tag: int, file: BinaryIO) -> tuple[int, ...]:
        """Read the integers of a tag of a TIFF file; none where there is no such tag."""
        if tag not in self._entries:
            return ()
        kind, count, raw = self._entries[tag]
        if count > _MOST_VALUES:
            raise PictureError("damaged: its header has too many entries")
        size = count * struct.calcsize(_INTEGERS[kind])
        if size > len(raw):
            (place,) = struct.unpack(self.order + ("Q" if self.big else "I"), raw)
            file.seek(min(place, 2**62))
            raw = _read_exactly(file, size)
        return struct.unpack_from(f"{self.order}{count}{_INTEGERS[kind]}", raw)

    def bytes(self, tag: int, file: BinaryIO) -> bytes:
        """Read the bytes of a tag of the types BYTE and UNDEFINED."""
        return bytes(value & 0xFF for value in self.values(tag, file))


def read_directory(file: BinaryIO, start: int, place: int | None = None) -> Directory:
    """Read a directory of the TIFF structure at `start`: the first, or that at `place`.

    Where a tag comes twice, the first counts. Raises PictureError.
    """
    file.seek(start)
    order = "<" if file.read(2) == b"II" else ">"
    (version,) = unpack(file, order + "H")
    directory = Directory(order, big=version == 43)
    if directory.big:
        place_layout, count_layout, entry_layout = "Q", "Q", "HHQ8s"
        file.seek(start + 8)
    else:
        place_layout, count_layout, entry_layout = "I", "H", "HHI4s"
    if place is None:
        (place,) = unpack(file, order + place_layout)
    # Further than a signed number of 64 bits, no file can be read.
    file.seek(min(start + place, 2**62))
    (entries,) = unpack(file, order + count_layout)
    if entries > _MOST_ENTRIES:
        raise PictureError("damaged: its header has too many entries")
    for _ in range(entries):
        tag, kind, count, raw = unpack(file, order + entry_layout)
        if kind in _INTEGERS and count:
            directory._entries.setdefault(tag, (kind, count, raw))
    end = file.read(struct.calcsize(order + place_layout))
    directory.following = int.from_bytes(end, "little" if order == "<" else "big")
    return directory


def read_directories(file: BinaryIO) -> Iterator[Directory]:
    """Read the chain of directories of a TIFF file; a damaged one ends it, unless it is the first.

    Raises PictureError.
    """
    directory = read_directory(file, 0)
    yield directory
    seen: set[int] = set()
    while directory.following and directory.following not in seen and len(seen) < _MOST_DIRECTORIES:
        seen.add(directory.following)
        try:
            directory = read_directory(file, 0, directory.following)
        except (PictureError, OSError):
            return
        yield directory


def read_exif_orientation(file: BinaryIO) -> int | None:
    """Read the orientation of an EXIF block here, 1 to 8; None where there is no such block."""
    place = file.tell()
    if file.read(6) == b"Exif\0\0":  # must be there in JPEG, may be elsewhere
        place += 6
    file.seek(place)
    if file.read(4) not in TIFF_SIGNATURES:
        return None
    try:
        return read_directory(file, place).value(ORIENTATION, 1)
    except PictureError:
        return 1


def _read_exactly(file: BinaryIO, size: int) -> bytes:
    place = file.tell()
    if place + size > file.seek(0, io.SEEK_END):
        raise PictureError("damaged or incomplete: it ends within its header")
    file.seek(place)
    return file.read(size)
