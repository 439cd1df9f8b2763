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

# What networks compute with; weights are float32 either way.
PRECISIONS = {"f32": "float32", "bf16": "mixed_bfloat16"}


def list_models() -> list[str]:
    """Return the names that `create_model` knows, sorted."""
    return sorted(NETWORKS)


def create_model(name: str, seed: int = 0, precision: str = "f32") -> keras.Model:
    """Build a network with fresh weights.

    Every network maps float32 `(N, 90, 270, 1)` in [-1, 1] to the same shape and, give or take,
    range, whichever Keras backend runs it. `seed` (0 or more) settles its initial weights and its
    dropout. With the precision bf16 it computes in bfloat16, its output still float32: about twice
    as fast where the processor multiplies such numbers itself.

    Raises `ValueError` for a name that is not in `list_models()`.
    """
    if name not in NETWORKS:
        raise ValueError(f"unknown model; known are {', '.join(list_models())}. Received: {name!r}")
    import keras

    module = importlib.import_module(f"{__name__}.networks.{name}")
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(PRECISIONS[precision])
    try:
        return getattr(module, name)(seed)
    finally:
        keras.config.set_dtype_policy(usual)
