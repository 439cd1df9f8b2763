"""Reading and writing picture files: the only place that decodes and encodes them.

cv2.imread and cv2.imwrite are not used: they fail on non-ASCII names on Windows, and imwrite
leaves half a file behind when it is stopped.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import cv2
import numpy as np

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats import bmp, png, webp
from plumbing.pictures.formats.header import Header
from plumbing.pictures.formats.headers import read_header
from plumbing.pictures.formats.jpeg.picture import decode as decode_jpeg
from plumbing.pictures.formats.pixels import Decoded, turn
from plumbing.pictures.formats.signatures import FORMATS, SIGNATURE_BYTES, SUFFIXES, recognise
from plumbing.pictures.formats.tiff.picture import decode as decode_tiff
from plumbing.pictures.search import FoundPictures, find_pictures, search_pictures
from plumbing.pictures.stored_search import StoredPictures, search_stored_pictures
from plumbing.storage.stored import File, open_file, write_file

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "FoundPictures",
    "LoadedPicture",
    "PictureError",
    "StoredPictures",
    "encode_picture",
    "find_pictures",
    "load_picture",
    "output_suffix",
    "picture_size",
    "read_picture",
    "search_pictures",
    "search_stored_pictures",
    "write_picture",
]

MAX_PIXELS = 50_000_000  # a larger picture is no plate, but a mistake or an attack

# The largest file that is read: no format needs more for a pixel than RGBA of 16 bits without
# compression does, and all else in the file gets this many bytes.
_BYTES_PER_PIXEL = 8
_OTHER_BYTES = 64 * 2**20


@dataclass(frozen=True)
class LoadedPicture:
    """A picture from a file: `pixels` uint8 BGR (H, W, 3), `size` its width and height there.

    `repaired` tells that the file, a JPEG, lacked its end marker, but nothing of the picture.
    `damage` is the reason why some of the picture, of a JPEG, is wrong or missing, or else "".
    `others` says what other pictures the file holds, which are not read, or is "".
    """

    pixels: np.ndarray
    size: tuple[int, int]
    repaired: bool = False
    damage: str = ""
    others: str = ""


def read_picture(path: File) -> np.ndarray:
    """Read a picture as uint8 BGR of shape (H, W, 3): see load_picture.

    Raises PictureError for damaged pictures, too.
    """
    loaded = load_picture(path)
    if loaded.damage:
        raise PictureError(f"damaged: {loaded.damage}")
    return loaded.pixels


def load_picture(
    path: File, max_pixels: int = MAX_PIXELS, enough: tuple[int, int] | None = None
) -> LoadedPicture:
    """Read a picture as uint8 BGR of shape (H, W, 3).

    The content decides about the format, not the suffix. Grey, palette and CMYK pictures become
    BGR, 16 bits are scaled to 8, transparent pictures are laid on white, the orientation that a
    camera noted (EXIF) is obeyed, and of several pictures in a file the first is taken that is not
    a thumbnail. Colour profiles are not looked at. Where this width and height are `enough`, a
    larger JPEG may come 2, 4 or 8 times smaller in both directions, but not smaller than that: it
    takes as many times less memory.

    Raises PictureError with the reason where the file cannot be read, is no such picture, is of a
    kind that is not supported or not whole, or where its header claims more than `max_pixels`. A
    damaged JPEG of which something is left is returned, with `damage` saying what is wrong.
    """
    try:
        with open_file(path) as file:
            header = read_header(file)
            file_bytes = file.seek(0, os.SEEK_END)
            _check_size(header, file_bytes, max_pixels)
            if header.refusal:
                raise PictureError(header.refusal)
            file.seek(0)
            data = file.read(file_bytes)
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error
    decoded = _decode(data, header, enough)
    return LoadedPicture(
        turn(decoded.pixels, header.orientation),
        header.upright_size,
        decoded.repaired,
        decoded.damage,
        header.others,
    )


def picture_size(path: File) -> tuple[int, int] | None:
    """Read width and height in pixels from the header of a picture file, without decoding it.

    As load_picture returns it, that is, with the EXIF orientation obeyed. None where there is no
    picture or its header is damaged.
    """
    try:
        with open_file(path) as file:
            return read_header(file).upright_size
    except (OSError, PictureError):
        return None


def output_suffix(path: File) -> str:
    """Return the suffix with which a result keeps the format of its source.

    The source's own one where write_picture knows it, else the usual one of the source's content.
    Raises PictureError where that is no picture or cannot be read.
    """
    if path.suffix.lower() in SUFFIXES:
        return path.suffix
    try:
        with open_file(path) as file:
            file_format = recognise(file.read(SIGNATURE_BYTES))
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error
    if file_format is None:
        raise PictureError("not a picture (no JPEG, PNG, BMP, WebP or TIFF)")
    return FORMATS[file_format][0]


def write_picture(path: File, picture: np.ndarray, quality: int | None = None) -> None:
    """Write a picture in the format of the path's suffix: see encode_picture.

    Written atomically. Raises PictureError where there is no such format or it cannot hold the
    picture, OSError where the file cannot be written.
    """
    write_file(path, encode_picture(picture, path.suffix, quality))


def encode_picture(picture: np.ndarray, suffix: str, quality: int | None = None) -> bytes:
    """Return the content of a file with a uint8 picture, grey (H, W) or BGR (H, W, 3).

    `suffix` is one of SUFFIXES, in any case. `quality`, 1 to 100, is that of JPEG (95 if not given)
    and WebP (without loss if not given); the other formats, which lose nothing, ignore it. Raises
    PictureError where there is no such format or it cannot hold the picture.
    """
    suffix = suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise PictureError(f"no picture format has the suffix {suffix!r}; use one of {known}")
    if quality is not None and not 1 <= quality <= 100:
        raise ValueError(f"the quality must lie between 1 and 100. Received: {quality}")
    options: list[int] = []
    if quality is not None and suffix in FORMATS["jpeg"]:
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    elif quality is not None and suffix in FORMATS["webp"]:
        options = [cv2.IMWRITE_WEBP_QUALITY, quality]
    try:
        encoded, buffer = cv2.imencode(suffix, picture, options)
    except cv2.error as error:
        raise PictureError(f"cannot be encoded as {suffix} ({error.err})") from error
    if not encoded:
        raise PictureError(f"cannot be encoded as {suffix}")
    return buffer.tobytes()


def _check_size(header: Header, file_bytes: int, max_pixels: int) -> None:
    """Raise PictureError where a file has or claims too much."""
    size = f"{header.width}x{header.height}"
    if header.decoded_pixels > max_pixels:
        if header.decoded_pixels > header.width * header.height:
            size += f" in tiles of {header.decoded_pixels:,}"
        raise PictureError(f"too large: {size}, more than {max_pixels:,} pixels")
    if file_bytes > header.decoded_pixels * _BYTES_PER_PIXEL + _OTHER_BYTES:
        raise PictureError(f"too large: a file of {file_bytes:,} bytes for a picture of {size}")


def _decode(data: bytes, header: Header, enough: tuple[int, int] | None) -> Decoded:
    """Decode to uint8 BGR (H, W, 3), as it is stored. Raises PictureError."""
    if header.file_format == "jpeg":
        return decode_jpeg(data, header, enough)
    if header.file_format == "png":
        return Decoded(png.decode(data, header))
    decode = {"bmp": bmp.decode, "webp": webp.decode, "tiff": decode_tiff}[header.file_format]
    return Decoded(decode(data))
