"""From a picture to the network's array and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import cv2
import numpy as np

WIDTH = 270
HEIGHT = 90

_STRIP_PIXELS = 2**20


def to_frame(picture: np.ndarray) -> np.ndarray:
    """Make a uint8 picture, BGR (H, W, 3) or grey (H, W), a frame: grey uint8 (90, 270).

    Grey is the luma of ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B). The picture is scaled without
    regard to its aspect: area averaging where it has more pixels than the frame, else cubic.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    return _resize(grey, WIDTH, HEIGHT)


def to_network(frames: np.ndarray) -> np.ndarray:
    """Scale frames, uint8 (N, 90, 270), to the network's float32 (N, 90, 270, 1) in [-1, 1]."""
    return frames[..., np.newaxis].astype(np.float32) / 127.5 - 1


def from_network(array: np.ndarray) -> np.ndarray:
    """Turn the network's float32 (N, 90, 270, 1) in [-1, 1] into uint8 (N, 90, 270), clipped."""
    return np.rint(np.clip(array[..., 0], -1, 1) * 127.5 + 127.5).astype(np.uint8)


def restore(
    frame: np.ndarray, source: np.ndarray, *, size: Literal["model", "source"], colour: bool
) -> np.ndarray:
    """Give a deblurred frame, uint8 (90, 270), its source's size or colour back, or both.

    `source` is uint8 BGR (H, W, 3). With `size` "model" the result is 270x90, with "source" WxH.
    With `colour` it is BGR with the frame's luma and the source's chroma (ITU-R BT.601), else grey.
    Chroma hardly suffers from blur, for the eye. Where a colour would be brighter or darker than
    can be shown, it is made paler, so that the luma is the same as in grey.
    """
    height, width = source.shape[:2] if size == "source" else (HEIGHT, WIDTH)
    luma = _resize(frame, width, height)
    return _colour(luma, _resize(source, width, height)) if colour else luma


def sharpness(picture: np.ndarray) -> float:
    """Measure how sharp a grey picture, uint8 (H, W), is: the variance of its Laplacian.

    In grey levels squared; the larger, the sharper, but noise counts as sharpness. Only pictures of
    one size and one kind can be compared. J. L. Pech-Pacheco et al., "Diatom autofocusing in
    brightfield microscopy: a comparative study", ICPR 2000.
    """
    return float(cv2.Laplacian(picture, cv2.CV_64F).var())


def strips(picture: np.ndarray) -> Iterator[slice]:
    """Cut a picture into strips of rows, to be worked upon with little memory at a time."""
    rows = max(1, _STRIP_PIXELS // picture.shape[1])
    for top in range(0, len(picture), rows):
        yield slice(top, top + rows)


def _colour(luma: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Give luma, uint8 (H, W), the chroma of a BGR picture, uint8 (H, W, 3)."""
    result = np.empty_like(source)
    for strip in strips(source):
        grey = cv2.cvtColor(source[strip], cv2.COLOR_BGR2GRAY)[..., np.newaxis]
        # What is added to the luma has itself no luma, and neither has any multiple of it.
        chroma = source[strip] - grey.astype(np.float32)
        base = luma[strip, :, np.newaxis].astype(np.float32)
        room = np.where(chroma > 0, 255 - base, base)
        share = np.min(room / np.maximum(np.abs(chroma), 1), axis=2, keepdims=True)
        result[strip] = np.rint(base + np.minimum(share, 1) * chroma)
    return result


def _resize(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Scale without regard to the aspect: by area averaging to fewer pixels, else cubic."""
    if picture.shape[:2] == (height, width):
        return picture
    fewer = width * height < picture.shape[0] * picture.shape[1]
    interpolation = cv2.INTER_AREA if fewer else cv2.INTER_CUBIC
    return cv2.resize(picture, (width, height), interpolation=interpolation)
