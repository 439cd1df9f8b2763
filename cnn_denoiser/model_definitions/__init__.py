"""The networks by name.

To add one, write `networks/NAME.py` with a function `NAME(seed) -> keras.Model` and put its name
into `NETWORKS`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

NETWORKS = ("moussaka", "unet")


def list_models() -> list[str]:
    """Return the names that `create_model` knows, sorted."""
    return sorted(NETWORKS)


def create_model(name: str, seed: int = 0) -> keras.Model:
    """Build a network with fresh weights.

    Every network maps float32 `(N, 90, 270, 1)` in [-1, 1] to the same shape and, give or take,
    range, whichever Keras backend runs it. `seed` (0 or more) settles its initial weights and its
    dropout.

    Raises `ValueError` for a name that is not in `list_models()`.
    """
    if name not in NETWORKS:
        raise ValueError(f"unknown model; known are {', '.join(list_models())}. Received: {name!r}")
    module = importlib.import_module(f"{__name__}.networks.{name}")
    return getattr(module, name)(seed)
