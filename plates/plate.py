"""A sharp picture of a plate, and what it says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Plate(NamedTuple):
    """A plate to learn from.

    picture: uint8 BGR (H, W, 3), or grey (H, W).
    text:    such as "京A12345", without the dot, `?` for a character that is not known; None where
             nothing is known of it.
    """

    picture: np.ndarray
    text: str | None
