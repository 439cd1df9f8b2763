"""Before and after in one picture."""

from __future__ import annotations

import cv2
import numpy as np

from plumbing.pictures.frame import HEIGHT, WIDTH, resize

GAP = 6  # pixels
GAP_COLOUR = (128, 128, 128)  # neither the light of a plate nor its dark
# Before and after of a larger picture are scaled down to this: beyond it nothing more can be seen
# of a plate, and two of 50 million pixels would take 300 MB and be wider than WebP allows.
LONGEST_SIDE = 2048


def side_by_side(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Put before (left) and after (right) into one picture, uint8 BGR (H, 2 W + 6, 3).

    Both are uint8, grey (H, W) or BGR (H, W, 3), and are scaled to 270x90 or, where it has more
    pixels, to the size of `after`, at most 2048 pixels along its longer side.
    """
    height, width = after.shape[:2]
    if width * height <= WIDTH * HEIGHT:
        width, height = WIDTH, HEIGHT
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    gap = np.full((size[1], GAP, 3), GAP_COLOUR, np.uint8)
    return np.hstack([_to_bgr(resize(before, *size)), gap, _to_bgr(resize(after, *size))])


def _to_bgr(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) if picture.ndim == 2 else picture
