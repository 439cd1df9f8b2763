"""Reading the header of a file of any format.

Decoders believe a header before they read the pixels: a PNG of 48 kilobytes can claim 20000x20000
pixels and cost 1.2 gigabytes. So the claims are read here first. Only what is needed is read, by
seeking, so that the size of the file does not matter.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats import bmp, png, webp
from plumbing.pictures.formats.foreign import FOREIGN_BYTES, name_kind
from plumbing.pictures.formats.header import Header
from plumbing.pictures.formats.jpeg.header import read_header as read_jpeg_header
from plumbing.pictures.formats.signatures import recognise
from plumbing.pictures.formats.tiff.picture import read_header as read_tiff_header

_READERS: dict[str, Callable[[BinaryIO], Header]] = {
    "jpeg": read_jpeg_header,
    "png": png.read_header,
    "bmp": bmp.read_header,
    "webp": webp.read_header,
    "tiff": read_tiff_header,
}


def read_header(file: BinaryIO) -> Header:
    """Read the header of a picture file from its start.

    Raises PictureError where it is of no format that is read, is damaged, or leaves the size open.
    """
    file.seek(0)
    start = file.read(FOREIGN_BYTES)
    if not start:
        raise PictureError("the file is empty")
    file_format = recognise(start)
    if file_format is None:
        kind = name_kind(start)
        told = f": it is {kind}" if kind else ""
        raise PictureError(f"not a picture (no JPEG, PNG, BMP, WebP or TIFF){told}")
    try:
        header = _READERS[file_format](file)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # A place in the file was given that no file reaches.
        raise PictureError("damaged: its header points nowhere") from error
    if min(header.width, header.height) < 1:
        raise PictureError(f"damaged: its header claims {header.width}x{header.height} pixels")
    orientation = header.orientation if 1 <= header.orientation <= 8 else 1
    pixels = max(header.decoded_pixels, header.width * header.height)
    return replace(header, orientation=orientation, decoded_pixels=pixels)
