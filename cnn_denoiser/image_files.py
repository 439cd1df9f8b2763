"""Finding, reading and writing picture files: the only place that touches them.

cv2.imread and cv2.imwrite are not used: they fail on non-ASCII names on Windows, and imwrite
leaves half a file behind when it is stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from cnn_denoiser.atomic_files import write_atomically
from cnn_denoiser.image_headers import claimed_size, recognise

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
MAX_PIXELS = 50_000_000  # a larger picture is no plate, but a mistake or an attack

# The decoders' own complaints would only stand between ours on stderr.
if hasattr(cv2, "setLogLevel"):
    cv2.setLogLevel(0)  # OpenCV 4
else:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class PictureError(Exception):
    """A picture cannot be read or written; the message is the reason, without the path."""


def find_pictures(folder: Path) -> list[Path]:
    """List the pictures in a folder by their suffix, sorted by name.

    One level deep, hidden files left out. Links to files count, broken ones too, so that reading
    them tells what is missing. Raises OSError where the folder cannot be read.
    """
    return sorted(
        path
        for path in Path(folder).iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and _is_file(path)
    )


def read_picture(path: Path) -> np.ndarray:
    """Read a picture as uint8 BGR of shape (H, W, 3).

    The content decides about the format, not the suffix. Grey and palette pictures become BGR,
    16 bits are scaled to 8, transparent pictures are laid on white, and the orientation that a
    camera noted (EXIF) is obeyed (in WebP files from OpenCV 4.13 on). Raises PictureError with the
    reason where the file cannot be read or is no such picture.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error
    file_format = _check_header(data)
    if file_format == "jpeg":  # 8 bits and never transparent
        return _decode(data, cv2.IMREAD_COLOR)
    stored = _decode(data, cv2.IMREAD_UNCHANGED)
    if stored.dtype not in (np.uint8, np.uint16):
        raise PictureError(f"its pixels are {stored.dtype}: only 8 and 16 bits are supported")
    # The colour modes alone obey the EXIF orientation; the unchanged one alone has transparency.
    colour = _decode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if stored.ndim == 3 and stored.shape[2] == 4:
        alpha = _to_8_bits(_turn_like(stored, colour)[..., 3])
        # The decoder hands out TIFF pictures of 8 bits with the colour multiplied by alpha.
        premultiplied = file_format == "tiff" and stored.dtype == np.uint8
        return _lay_on_white(_to_8_bits(colour), alpha, premultiplied)
    return _to_8_bits(colour)


def write_picture(path: Path, picture: np.ndarray) -> None:
    """Write a uint8 picture, grey (H, W) or BGR (H, W, 3), in the format of the path's suffix.

    Written atomically. Raises PictureError where there is no such format or it cannot hold the
    picture, OSError where the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise PictureError(f"no picture format has the suffix {suffix!r}; use one of {known}")
    try:
        encoded, buffer = cv2.imencode(suffix, picture)
    except cv2.error as error:
        raise PictureError(f"cannot be encoded as {suffix} ({error.err})") from error
    if not encoded:
        raise PictureError(f"cannot be encoded as {suffix}")
    write_atomically(path, buffer.tobytes())


def _is_file(path: Path) -> bool:
    return path.is_file() or (path.is_symlink() and not path.exists())


def _check_header(data: bytes) -> str:
    """Return the format; PictureError where it is none of ours or claims too many pixels."""
    if not data:
        raise PictureError("the file is empty")
    file_format = recognise(data)
    if file_format is None:
        raise PictureError("not a picture (no JPEG, PNG, BMP, WebP or TIFF)")
    size = claimed_size(data)
    if size and size[0] * size[1] > MAX_PIXELS:
        raise PictureError(f"too large: {size[0]}x{size[1]}, more than {MAX_PIXELS:,} pixels")
    return file_format


def _decode(data: bytes, mode: int) -> np.ndarray:
    try:
        picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), mode)
    except cv2.error as error:
        raise PictureError(f"cannot be decoded ({error.err})") from error
    if picture is None:
        raise PictureError("cannot be decoded: the file is damaged or incomplete")
    return picture


def _to_8_bits(picture: np.ndarray) -> np.ndarray:
    if picture.dtype == np.uint8:
        return picture
    return cv2.convertScaleAbs(picture, alpha=255 / 65535)  # rounds


def _lay_on_white(colour: np.ndarray, alpha: np.ndarray, premultiplied: bool) -> np.ndarray:
    share = alpha[..., np.newaxis].astype(np.float32) / 255
    visible = colour if premultiplied else colour * share
    return np.rint(np.minimum(visible + 255 * (1 - share), 255)).astype(np.uint8)


def _turn_like(stored: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Turn or mirror the stored BGRA picture as the EXIF orientation did its colours."""
    for turned in _orientations(stored):
        if np.array_equal(turned[..., :3], colour):
            return turned
    return stored


def _orientations(picture: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the picture in the eight EXIF orientations, the normal one first."""
    for upright in (picture, picture.swapaxes(0, 1)):
        for vertical in (1, -1):
            for horizontal in (1, -1):
                yield upright[::vertical, ::horizontal]
