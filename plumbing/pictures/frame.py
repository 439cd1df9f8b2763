"""The frame, 270x90, and how pictures are resized."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

WIDTH = 270
HEIGHT = 90

_STRIP_PIXELS = 2**20


def to_frame(picture: np.ndarray) -> np.ndarray:
    """Make a uint8 picture, BGR (H, W, 3) or grey (H, W), a frame: grey uint8 (90, 270).

    Grey is the luma of ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B). The picture is resized without
    regard to its aspect.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    return resize(grey, WIDTH, HEIGHT)


def resize(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Resize a uint8 picture, grey (H, W) or BGR (H, W, 3), without regard to its aspect.

    By area averaging to fewer pixels, else by cubic interpolation. A picture of that size already
    is returned itself.
    """
    if picture.shape[:2] == (height, width):
        return picture
    fewer = width * height < picture.shape[0] * picture.shape[1]
    interpolation = cv2.INTER_AREA if fewer else cv2.INTER_CUBIC
    return cv2.resize(picture, (width, height), interpolation=interpolation)


def strips(picture: np.ndarray) -> Iterator[slice]:
    """Cut a picture into strips of rows, so that it can be worked on with little memory."""
    rows = max(1, _STRIP_PIXELS // picture.shape[1])
    for top in range(0, len(picture), rows):
        yield slice(top, top + rows)
