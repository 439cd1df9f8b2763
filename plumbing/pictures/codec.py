"""Reading and writing picture files: the only place that decodes and encodes them.

cv2.imread and cv2.imwrite are not used: they fail on non-ASCII names on Windows, and imwrite
leaves half a file behind when it is stopped.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from plumbing.files.atomic import write_atomically
from plumbing.files.regular import open_regular_file
from plumbing.pictures.frame import strips
from plumbing.pictures.headers import (
    FORMATS,
    SIGNATURE_BYTES,
    SUFFIXES,
    Header,
    HeaderError,
    bare_png,
    read_header,
    recognise,
)
from plumbing.pictures.jpeg import decode_unclosed, looks_cut_off, scan_end
from plumbing.pictures.search import FoundPictures, find_pictures, search_pictures

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "FoundPictures",
    "LoadedPicture",
    "PictureError",
    "encode_picture",
    "find_pictures",
    "load_picture",
    "output_suffix",
    "picture_size",
    "read_picture",
    "search_pictures",
    "write_picture",
]

MAX_PIXELS = 50_000_000  # a larger picture is no plate, but a mistake or an attack

# The largest file that is read: no format needs more for a pixel than RGBA of 16 bits without
# compression does, and all else in the file gets this many bytes.
_BYTES_PER_PIXEL = 8
_OTHER_BYTES = 64 * 2**20

# The decoder leaves out the finer frequencies of a JPEG, for the factors that it can do this for.
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
}

_INCOMPLETE = "cannot be decoded: the file is damaged or incomplete"

# The decoders' own complaints would only stand between ours on stderr.
if hasattr(cv2, "setLogLevel"):
    cv2.setLogLevel(0)  # OpenCV 4
else:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class PictureError(Exception):
    """A picture cannot be read or written; the message is the reason, without the path."""


@dataclass(frozen=True)
class LoadedPicture:
    """A picture from a file: `pixels` uint8 BGR (H, W, 3), `size` its width and height there.

    `repaired` tells that the file, a JPEG, lacked its end marker, but nothing of the picture.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    repaired: bool = False


def read_picture(path: Path) -> np.ndarray:
    """Read a picture as uint8 BGR of shape (H, W, 3): see load_picture."""
    return load_picture(path).pixels


def load_picture(
    path: Path, max_pixels: int = MAX_PIXELS, enough: tuple[int, int] | None = None
) -> LoadedPicture:
    """Read a picture as uint8 BGR of shape (H, W, 3).

    The content decides about the format, not the suffix. Grey, palette and CMYK pictures become
    BGR, 16 bits are scaled to 8, transparent pictures are laid on white, the orientation that a
    camera noted (EXIF) is obeyed, and of several pictures in a file the first is taken. Colour
    profiles are not looked at. Where this width and height are `enough`, a larger JPEG may come
    2, 4 or 8 times smaller in both directions, but not smaller than that: it takes as many times
    less memory.

    Raises PictureError with the reason where the file cannot be read, is no such picture or not
    whole, or where its header claims more than `max_pixels`.
    """
    try:
        with open_regular_file(path) as file:
            header = read_header(file)
            most_bytes = _check_size(header, os.fstat(file.fileno()).st_size, max_pixels)
            if not header.complete:
                raise PictureError(_INCOMPLETE)
            if header.file_format == "tiff" and header.samples == 2:
                # The decoder would drop the transparency.
                raise PictureError("a TIFF of grey with transparency, which is not supported")
            file.seek(0)
            data = file.read(most_bytes)
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error
    except HeaderError as error:
        raise PictureError(str(error)) from error
    try:
        picture, repaired = _decode_whole(data, header, enough)
    except cv2.error as error:
        raise PictureError(f"cannot be decoded ({error.err})") from error
    if picture is None:
        raise PictureError(_INCOMPLETE)
    if picture.dtype not in (np.uint8, np.uint16):
        raise PictureError(f"its pixels are {picture.dtype}: only 8 and 16 bits are supported")
    pixels = _turn(_to_bgr(picture, header), header)
    return LoadedPicture(pixels, header.upright_size, repaired)


def picture_size(path: Path) -> tuple[int, int] | None:
    """Read width and height in pixels from the header of a picture file, without decoding it.

    As load_picture returns it, that is, with the EXIF orientation obeyed. None where there is no
    picture or its header is damaged.
    """
    try:
        with open_regular_file(path) as file:
            return read_header(file).upright_size
    except (OSError, HeaderError):
        return None


def output_suffix(path: Path) -> str:
    """Return the suffix with which a result keeps the format of its source.

    The source's own one where write_picture knows it, else the usual one of the source's content.
    Raises PictureError where that is no picture or cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() in SUFFIXES:
        return path.suffix
    try:
        with open_regular_file(path) as file:
            file_format = recognise(file.read(SIGNATURE_BYTES))
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error
    if file_format is None:
        raise PictureError("not a picture (no JPEG, PNG, BMP, WebP or TIFF)")
    return FORMATS[file_format][0]


def write_picture(path: Path, picture: np.ndarray, quality: int | None = None) -> None:
    """Write a picture in the format of the path's suffix: see encode_picture.

    Written atomically. Raises PictureError where there is no such format or it cannot hold the
    picture, OSError where the file cannot be written.
    """
    write_atomically(path, encode_picture(picture, Path(path).suffix, quality))


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


def _check_size(header: Header, file_bytes: int, max_pixels: int) -> int:
    """Return how many bytes the file may have; PictureError where it has or claims too much."""
    size = f"{header.width}x{header.height}"
    if header.decoded_pixels > max_pixels:
        if header.decoded_pixels > header.width * header.height:
            size += f" in tiles of {header.decoded_pixels:,}"
        raise PictureError(f"too large: {size}, more than {max_pixels:,} pixels")
    most_bytes = header.decoded_pixels * _BYTES_PER_PIXEL + _OTHER_BYTES
    if file_bytes > most_bytes:
        raise PictureError(f"too large: a file of {file_bytes:,} bytes for a picture of {size}")
    return most_bytes


def _decode_whole(
    data: bytes, header: Header, enough: tuple[int, int] | None
) -> tuple[np.ndarray | None, bool]:
    """Decode as it is stored, and tell whether it was repaired; None where it is not whole."""
    # No other mode hands out the transparency.
    mode = cv2.IMREAD_UNCHANGED
    if header.file_format == "png":
        data = bare_png(data)
    if header.file_format != "jpeg":
        return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), mode), False
    if enough is not None:
        width, height = header.upright_size
        for factor, reduced in _REDUCED.items():
            if width >= factor * enough[0] and height >= factor * enough[1]:
                mode = reduced | cv2.IMREAD_IGNORE_ORIENTATION
                break
    end, closed, scans = scan_end(data)
    if not closed:
        return decode_unclosed(data[:end], mode), True
    picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), mode)
    if picture is not None and scans == 1 and looks_cut_off(picture):
        # Somebody may have put the end marker where the data broke off.
        return decode_unclosed(data[:end], mode), False
    return picture, False


def _to_bgr(picture: np.ndarray, header: Header) -> np.ndarray:
    """Make a decoded picture uint8 BGR: grey, BGR or BGRA, of 8 or 16 bits."""
    if header.transparent_grey is not None and picture.ndim == 2:
        # The decoder has scaled levels of fewer than 8 bits up to 8.
        scale = 255 // (2**header.bits - 1) if header.bits < 8 else 1
        picture[picture == header.transparent_grey * scale] = np.iinfo(picture.dtype).max
    if picture.dtype == np.uint16:
        premultiplied = header.premultiplied
        if header.white_is_zero:  # which the decoder heeds in 8 bits alone
            picture = cv2.bitwise_not(picture)
        picture = cv2.convertScaleAbs(picture, alpha=255 / 65535)  # rounds
    else:
        # The decoder hands out TIFF pictures of 8 bits with the colour multiplied by alpha.
        premultiplied = header.file_format == "tiff"
    if picture.ndim == 2:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if picture.shape[2] == 4:
        return _lay_on_white(picture, premultiplied)
    return picture


def _lay_on_white(picture: np.ndarray, premultiplied: bool) -> np.ndarray:
    result = np.empty((*picture.shape[:2], 3), dtype=np.uint8)
    for strip in strips(result):
        wide = picture[strip].astype(np.uint16)
        colour, alpha = wide[..., :3], wide[..., 3:]
        if premultiplied:
            result[strip] = np.minimum(colour + (255 - alpha), 255)
        else:
            # At most 255 * 255 + 127, which 16 bits hold; the 127 rounds.
            result[strip] = (colour * alpha + 255 * (255 - alpha) + 127) // 255
    return result


def _turn(picture: np.ndarray, header: Header) -> np.ndarray:
    """Turn and mirror a picture as its EXIF orientation says (EXIF 2.3, tag 0x0112)."""
    if header.file_format == "tiff":  # the decoder has done it
        return picture
    if header.orientation >= 5:
        picture = cv2.transpose(picture)
    # 2 and 6 are mirrored left to right, 3 and 7 both ways, 4 and 8 top to bottom.
    flip = {1: 1, 2: -1, 3: 0}.get((header.orientation - 1) % 4)
    return picture if flip is None else cv2.flip(picture, flip)
