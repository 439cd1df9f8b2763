"""What a network learns from in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blurrer import Pair
from plates.slots import encode


class Batch(NamedTuple):
    """Pairs, and what stands on their plates.

    blurred, sharp: uint8 `(N, 90, 270)`.
    characters:     int8 `(N, 8)`, classes of `plates.slots`.
    """

    blurred: np.ndarray
    sharp: np.ndarray
    characters: np.ndarray

    @classmethod
    def stack(cls, pairs: Sequence[Pair], texts: Sequence[str | None]) -> Batch:
        """Return a batch of pairs, of which there must be one at least, and their texts."""
        return cls(*Pair.stack(list(pairs)), np.stack([encode(text) for text in texts]))
