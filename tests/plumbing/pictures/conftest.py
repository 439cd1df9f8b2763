"""A picture for every test of files."""

from __future__ import annotations

import cv2
import numpy as np
import pytest


@pytest.fixture
def picture() -> np.ndarray:
    """Return a smooth random BGR picture, 60x40, without any symmetry."""
    noise = np.random.default_rng(5).uniform(0, 1, (40, 60, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 5)
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
