"""Decoded pixels: through OpenCV, to BGR, on white, upright."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from plumbing.pictures.errors import INCOMPLETE, PictureError
from plumbing.pictures.frame import strips

# The decoders' own complaints would only stand between ours on stderr.
if hasattr(cv2, "setLogLevel"):
    cv2.setLogLevel(0)  # OpenCV 4
else:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class Decoded(NamedTuple):
    """The pixels of a file, uint8 BGR (H, W, 3), as they are stored, and what is wrong with it.

    `repaired`: the end marker of a JPEG was missing, but nothing of the picture. `damage`: the
    reason why some of the picture, of a JPEG, is wrong, or else "".
    """

    pixels: np.ndarray
    repaired: bool = False
    damage: str = ""


def decode_with_opencv(data: bytes, mode: int = cv2.IMREAD_UNCHANGED) -> np.ndarray:
    """Decode a file in memory as `mode` of cv2.imdecode says. Raises PictureError."""
    try:
        picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), mode)
    except cv2.error as error:
        raise PictureError(f"cannot be decoded ({error.err})") from error
    if picture is None:
        raise PictureError(INCOMPLETE)
    if picture.dtype not in (np.uint8, np.uint16):
        raise PictureError(f"its pixels are {picture.dtype}: only 8 and 16 bits are supported")
    return picture


def to_bgr(picture: np.ndarray) -> np.ndarray:
    """Make a uint8 picture, grey (H, W), BGR or BGRA, uint8 BGR (H, W, 3), laid on white."""
    if picture.ndim == 2:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if picture.shape[2] == 4:
        return lay_on_white(picture)
    return picture


def lay_on_white(picture: np.ndarray, premultiplied: bool = False) -> np.ndarray:
    """Lay a uint8 picture, BGRA (H, W, 4), on white; `premultiplied`: colour times alpha."""
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


def turn(picture: np.ndarray, orientation: int) -> np.ndarray:
    """Turn and mirror a picture as its EXIF orientation says (EXIF 2.3, tag 0x0112)."""
    if orientation >= 5:
        picture = cv2.transpose(picture)
    # 2 and 6 are mirrored left to right, 3 and 7 both ways, 4 and 8 top to bottom.
    flip = {1: 1, 2: -1, 3: 0}.get((orientation - 1) % 4)
    return picture if flip is None else cv2.flip(picture, flip)
