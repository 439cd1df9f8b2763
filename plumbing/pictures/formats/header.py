"""What a picture file says of itself before it is decoded: format, size and orientation."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from plumbing.pictures.errors import PictureError

# More chunks, segments or directories than any sane file has.
MOST_PARTS = 100_000

ANIMATION = "it is an animation, of which only the first picture is read"


@dataclass(frozen=True)
class Header:
    """The claims of a picture file; width and height in pixels, as they are stored.

    `orientation` is that of EXIF (1 to 8, tag 0x0112). `decoded_pixels` is what a decoder holds at
    once: a TIFF of few pixels may come in one huge tile. `refusal` is the reason why the picture
    will not be decoded, as far as the header tells, or else "".

    `others` says what else the file holds that is not read, or is "".

    `transparent_grey` is the level, of `bits` bits, that a grey PNG declares transparent.
    """

    file_format: str
    width: int
    height: int
    orientation: int = 1
    decoded_pixels: int = 0
    refusal: str = ""
    others: str = ""
    transparent_grey: int | None = None
    bits: int = 8

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height in pixels once the orientation is obeyed."""
        if self.orientation >= 5:
            return self.height, self.width
        return self.width, self.height


def unpack(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    """Read what `layout`, one of the module struct, describes. Raises PictureError at the end."""
    size = struct.calcsize(layout)
    data = file.read(size)
    if len(data) < size:
        raise PictureError("damaged or incomplete: it ends within its header")
    return struct.unpack(layout, data)
