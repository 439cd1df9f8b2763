"""A pair of pictures, or of batches of pictures: blurred and sharp."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Pair(NamedTuple):
    """What a network is shown, and what it should give, pixel on pixel.

    blurred, sharp: uint8 of the same shape: (90, 270), (90, 270, 3) in colour (BGR), or batches
                    of either, (N, 90, 270) and (N, 90, 270, 3).
    """

    blurred: np.ndarray
    sharp: np.ndarray

    @classmethod
    def stack(cls, pairs: list[Pair]) -> Pair:
        """Return a batch of pairs, of which there must be one at least, as one pair."""
        return cls(
            np.stack([pair.blurred for pair in pairs]), np.stack([pair.sharp for pair in pairs])
        )
