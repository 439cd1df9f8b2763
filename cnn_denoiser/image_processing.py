"""From a picture to the network's array and back."""

from __future__ import annotations

import cv2
import numpy as np

WIDTH = 270
HEIGHT = 90


def to_frame(picture: np.ndarray) -> np.ndarray:
    """Make a uint8 picture, BGR (H, W, 3) or grey (H, W), a frame: grey uint8 (90, 270).

    Grey is the luma of ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B). The picture is scaled without
    regard to its aspect: area averaging where it has more pixels than the frame, else cubic.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    height, width = grey.shape
    if (width, height) == (WIDTH, HEIGHT):
        return grey
    if width * height > WIDTH * HEIGHT:
        return cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def to_network(frames: np.ndarray) -> np.ndarray:
    """Scale frames, uint8 (N, 90, 270), to the network's float32 (N, 90, 270, 1) in [-1, 1]."""
    return frames[..., np.newaxis].astype(np.float32) / 127.5 - 1


def from_network(array: np.ndarray) -> np.ndarray:
    """Turn the network's float32 (N, 90, 270, 1) in [-1, 1] into uint8 (N, 90, 270), clipped."""
    return np.rint(np.clip(array[..., 0], -1, 1) * 127.5 + 127.5).astype(np.uint8)
