"""JPEG files: decoding, and whether they are whole.

libjpeg fills what is missing with grey, goes on behind damage, and only warns. simplejpeg, which is
optional, hands the warnings out. Without it, OpenCV decodes, and the end is looked at: other bytes
are put there. If they show in the picture, the data end too early; if the last bytes can be changed
without showing, too late.
"""

from __future__ import annotations

import cv2
import numpy as np

from plumbing.pictures.errors import INCOMPLETE, PictureError
from plumbing.pictures.formats.header import Header
from plumbing.pictures.formats.jpeg.corruption import find_corruption
from plumbing.pictures.formats.jpeg.scans import LOST_INTERVAL, Scans, find_scans
from plumbing.pictures.formats.line_ends import CHANGED_LINE_ENDS, line_ends_were_changed
from plumbing.pictures.formats.pixels import Decoded, decode_with_opencv, to_bgr

try:
    import simplejpeg
except ImportError:
    simplejpeg = None

_END = b"\xff\xd9"

# The decoder leaves out the finer frequencies, for the factors that it can do this for.
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
}

# Two different continuations, longer than what a decoder reads ahead. Neither has the bit pattern
# 111111111, which is no Huffman code in the tables that are in use.
_CONTINUATIONS = (b"\x00" * 64, b"\xaa" * 64)

# Bytes at the end of which one at least belongs to the picture.
_READ_LAST = 8

# So many zeros at the end are padding: of whole blocks of a disk. Fewer may end a picture.
_PADDING_BYTES = 16
_FEW_ZEROS = 3

# What simplejpeg says of files that OpenCV may know how to decode.
_LIMITS = ("Could not determine", "not implemented")

# What decoders put where data are missing: luma and chroma in the middle of their range.
_MISSING = 128


def decode(data: bytes, header: Header, enough: tuple[int, int] | None = None) -> Decoded:
    """Decode a file, as it is stored.

    Where this width and height, of the upright picture, are `enough`, a larger one comes 2, 4 or 8
    times smaller in both directions. Raises PictureError where it cannot be decoded, breaks off, or
    was changed throughout.
    """
    factor = _reduction(header, enough)
    scans = find_scans(data)
    if not scans.closed:
        if scans.progressive or scans.trouble:  # what is missing there cannot be told
            raise PictureError(INCOMPLETE)
        return Decoded(_decode_unclosed(data, scans, header, factor), repaired=True)
    pixels, warning = _decode(data, scans, header, factor)
    if not warning and not scans.trouble:
        warning = find_corruption(data, scans)
    if not warning and not scans.trouble:
        return Decoded(pixels)
    if line_ends_were_changed(data):
        raise PictureError(CHANGED_LINE_ENDS)
    breaks_off = scans.count == 1 and scans.trouble != LOST_INTERVAL
    if breaks_off and (pixels[-1, -1] == _MISSING).all():
        # Somebody has put the end marker where the data broke off.
        raise PictureError(INCOMPLETE)
    return Decoded(pixels, damage=scans.trouble or f"its data are corrupt ({warning})")


def _reduction(header: Header, enough: tuple[int, int] | None) -> int:
    if enough is not None:
        width, height = header.upright_size
        for factor in _REDUCED:
            if width >= factor * enough[0] and height >= factor * enough[1]:
                return factor
    return 1


def _decode(data: bytes, scans: Scans, header: Header, factor: int) -> tuple[np.ndarray, str]:
    """Decode as far as it goes; return uint8 BGR (H, W, 3) and the decoder's warning, or ""."""
    if simplejpeg is not None:
        try:
            return _decode_with_simplejpeg(data, header, factor), ""
        except ValueError as error:
            warning = str(error).removeprefix("Corrupt JPEG data: ")
        if line_ends_were_changed(data):
            raise PictureError(CHANGED_LINE_ENDS)
        for candidate in _without_harmless_oddities(data, scans):
            try:
                return _decode_with_simplejpeg(candidate, header, factor), ""
            except ValueError:
                continue
        try:
            bare = _without_stray_bytes(data, scans)
            return _decode_with_simplejpeg(bare, header, factor, strict=False), warning
        except ValueError as error:
            if not any(words in warning for words in _LIMITS):
                raise PictureError(INCOMPLETE) from error
    pixels = _decode_with_opencv(data, factor)
    if scans.progressive:  # the last bytes of which need not show
        return pixels, ""
    return pixels, _check_end(data[: scans.end], pixels, factor)


def _decode_with_simplejpeg(
    data: bytes, header: Header, factor: int, strict: bool = True
) -> np.ndarray:
    """Decode to uint8 BGR (H, W, 3). Raises ValueError, where `strict` for any warning."""
    return simplejpeg.decode_jpeg(
        data,
        "BGR",
        min_width=header.width // factor,
        min_height=header.height // factor,
        min_factor=factor,
        strict=strict,
    )


def _decode_with_opencv(data: bytes, factor: int) -> np.ndarray:
    mode = cv2.IMREAD_UNCHANGED
    if factor > 1:
        mode = _REDUCED[factor] | cv2.IMREAD_IGNORE_ORIENTATION
    return to_bgr(decode_with_opencv(data, mode))


def _check_end(data: bytes, pixels: np.ndarray, factor: int) -> str:
    """Tell whether the data of `data`, a JPEG without its end marker, end where the picture does.

    `pixels` is what was decoded. Returns the reason where they do not, or else "".
    """
    if not _shows(data + _CONTINUATIONS[0], pixels, factor):
        return "they end before the picture does"
    bare = data[:-_READ_LAST].removesuffix(b"\xff")
    if all(_shows(bare + more, pixels, factor) for more in _CONTINUATIONS):
        return "they go on behind the picture"
    return ""


def _shows(data: bytes, pixels: np.ndarray, factor: int) -> bool:
    try:
        return np.array_equal(_decode_with_opencv(data, factor), pixels)
    except PictureError:
        return False


def _decode_unclosed(data: bytes, scans: Scans, header: Header, factor: int) -> np.ndarray:
    """Decode a JPEG of which no more than the end marker is missing, to uint8 BGR (H, W, 3).

    Raises PictureError where part of the picture is missing, too.
    """
    body = _without_padding(data[: scans.end])
    if simplejpeg is None:
        pixels = _decode_with_opencv(body + _CONTINUATIONS[1], factor)
        if _check_end(body, pixels, factor):
            raise PictureError(INCOMPLETE)
        return pixels
    pixels, warning = _decode(body + _END, scans, header, factor)
    if warning:
        raise PictureError(INCOMPLETE)
    return pixels


def _without_harmless_oddities(data: bytes, scans: Scans) -> list[bytes]:
    """Make copies of a closed JPEG without what the decoder warns of, but is no damage.

    That is an odd version, or zeros before the end marker: a few of those may belong to the
    picture, so there is a copy with each number of them.
    """
    body = bytearray(data[: scans.end])
    for start, _ in scans.segments:
        if body[start + 4 : start + 9] == b"JFIF\0":
            body[start + 9 : start + 11] = b"\1\1"
    bare = body.rstrip(b"\0")
    zeros = range(min(len(body) - len(bare), _FEW_ZEROS) + 1)
    return [bytes(bare + bytes(count) + _END) for count in zeros]


def _without_stray_bytes(data: bytes, scans: Scans) -> bytes:
    return data[:2] + b"".join(data[start:end] for start, end in scans.segments) + _END


def _without_padding(data: bytes) -> bytes:
    """Cut off zeros that fill up the file, and the first half of a cut end marker."""
    body = data.rstrip(b"\0")
    if len(data) - len(body) < _PADDING_BYTES:
        return data.rstrip(b"\xff")
    return body + b"\0" if body.endswith(b"\xff") else body  # FF 00 belongs to the picture
