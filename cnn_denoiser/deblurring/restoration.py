"""Giving a deblurred frame a size, and its source's colours back."""

from __future__ import annotations

import cv2
import numpy as np

from plumbing.pictures.frame import resize, strips

SMOOTHED = 0.07  # of the width, over which chroma is averaged: measured in docs/experiments.md


def restore(
    frame: np.ndarray, width: int, height: int, source: np.ndarray | None = None
) -> np.ndarray:
    """Resize a deblurred frame, uint8 (90, 270), to (height, width), and colour it.

    With a `source`, uint8 BGR (H, W, 3) of any size, the result is BGR with the frame's luma and
    the source's chroma (ITU-R BT.601), smoothed: the colour fringes of blur and compression go, and
    colours hardly suffer, for the eye. Where a colour would be brighter or darker than can be
    shown, it is made paler, so that the luma is the same as in grey. Grey without a source, or with
    a grey one (H, W).
    """
    luma = resize(frame, width, height)
    if source is None or source.ndim == 2:
        return luma
    return _colour(luma, _smooth(resize(source, width, height)))


def has_colours(picture: np.ndarray) -> bool:
    """Say whether a picture, uint8 BGR (H, W, 3), is more than grey."""
    return any(
        bool((picture[strip][..., :2] != picture[strip][..., 1:]).any())
        for strip in strips(picture)
    )


def _smooth(picture: np.ndarray) -> np.ndarray:
    """Take the mean around each pixel twice, nearly as a Gaussian would of 3 % of the width."""
    side = round(SMOOTHED * picture.shape[1]) | 1
    for _ in range(2):
        picture = cv2.blur(picture, (side, side))
    return picture


def _colour(luma: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Give luma, uint8 (H, W), the chroma of a BGR picture, uint8 (H, W, 3)."""
    result = np.empty_like(source)
    for strip in strips(source):
        grey = cv2.cvtColor(source[strip], cv2.COLOR_BGR2GRAY)
        channels = [np.ascontiguousarray(source[strip][..., number]) for number in range(3)]
        base = luma[strip].astype(np.float32)
        # What is added to the luma has itself no luma, and neither has any share of it.
        above = np.maximum(np.maximum(channels[0], channels[1]), channels[2]) - grey
        below = grey - np.minimum(np.minimum(channels[0], channels[1]), channels[2])
        room = np.minimum((255 - base) / np.maximum(above, 1), base / np.maximum(below, 1))
        share = np.minimum(room, 1)
        for number, channel in enumerate(channels):
            chroma = channel - grey.astype(np.float32)
            result[strip][..., number] = np.rint(base + share * chroma)
    return result
