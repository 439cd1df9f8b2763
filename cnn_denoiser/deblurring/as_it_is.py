"""Telling pictures that need no deblurring: what stands on them can be read as it is."""

from __future__ import annotations

import cv2
import numpy as np

from cnn_denoiser.deblurring.reading import Reading

# Measured: docs/experiments.md, "Readable as it is".
CORRELATION = 0.82
PROBABILITY = 0.95
_SIDE = 21  # pixels, about the width of a character, over which contrast is made even
_NOISE = 20.0  # variance that is not made into contrast, grey levels squared


def readable_as_it_is(blurred: np.ndarray, deblurred: np.ndarray, reading: Reading) -> bool:
    """Tell whether a picture is surely read, and deblurring hardly changes its strokes.

    blurred, deblurred: uint8 (90, 270), compared by the correlation (Pearson's) of what stands out
    of its surroundings. So light, shadow and contrast, which deblurring keeps or changes, do not
    count.
    """
    if reading.verdict != "sure" or reading.probability < PROBABILITY:
        return False
    before, after = _strokes(blurred), _strokes(deblurred)
    scale = float(np.sqrt((before**2).sum() * (after**2).sum()))
    return float((before * after).sum()) >= CORRELATION * max(scale, 1.0)


def _strokes(frame: np.ndarray) -> np.ndarray:
    """Return a frame's difference to its local mean in local standard deviations, mean 0."""
    levels = frame.astype(np.float32)
    difference = levels - cv2.blur(levels, (_SIDE, _SIDE))
    variance = cv2.blur(difference * difference, (_SIDE, _SIDE))
    strokes: np.ndarray = difference / np.sqrt(variance + _NOISE)
    return strokes - strokes.mean()
