"""From frames to the network's array, on the device."""

from __future__ import annotations

from typing import Any

import keras


def frames_to_network(frames: Any) -> Any:
    """Scale frames, uint8 `(N, 90, 270)`, to float32 `(N, 90, 270, 1)` in [-1, 1]."""
    return keras.ops.expand_dims(keras.ops.cast(frames, "float32"), -1) / 127.5 - 1
