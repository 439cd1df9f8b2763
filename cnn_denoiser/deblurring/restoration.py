"""Giving a deblurred frame a size, and its source's colours back."""

from __future__ import annotations

import cv2
import numpy as np

from plumbing.pictures.frame import resize, strips


def restore(
    frame: np.ndarray, width: int, height: int, source: np.ndarray | None = None
) -> np.ndarray:
    """Resize a deblurred frame, uint8 (90, 270), to (height, width), and colour it.

    With a `source`, uint8 BGR (H, W, 3) of any size, the result is BGR with the frame's luma and
    the source's chroma (ITU-R BT.601), else grey. Chroma hardly suffers from blur, for the eye.
    Where a colour would be brighter or darker than can be shown, it is made paler, so that the
    luma is the same as in grey.
    """
    luma = resize(frame, width, height)
    return luma if source is None else _colour(luma, resize(source, width, height))


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
