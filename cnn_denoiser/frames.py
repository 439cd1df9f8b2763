"""From frames to the network's array and back."""

from __future__ import annotations

import numpy as np


def to_network(frames: np.ndarray) -> np.ndarray:
    """Scale frames, uint8 (N, 90, 270), to the network's float32 (N, 90, 270, 1) in [-1, 1]."""
    return frames[..., np.newaxis].astype(np.float32) / 127.5 - 1


def from_network(array: np.ndarray) -> np.ndarray:
    """Turn the network's float32 (N, 90, 270, 1) in [-1, 1] into uint8 (N, 90, 270), clipped."""
    return np.rint(np.clip(array[..., 0], -1, 1) * 127.5 + 127.5).astype(np.uint8)
