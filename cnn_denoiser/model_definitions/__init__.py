"""The networks by name.

To add one, write `networks/NAME.py` with a function `NAME(seed) -> keras.Model` and put its name
into `NETWORKS`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

# The settings that each network's function takes beside the seed.
NETWORKS: dict[str, tuple[str, ...]] = {"moussaka": ("width",), "unet": ()}

# What networks compute with; weights are float32 either way.
PRECISIONS = {"f32": "float32", "bf16": "mixed_bfloat16"}


def list_models() -> list[str]:
    """Return the names that `create_model` knows, sorted."""
    return sorted(NETWORKS)


def create_model(name: str, seed: int = 0, precision: str = "f32", **settings: Any) -> keras.Model:
    """Build a network with fresh weights.

    Every network maps float32 `(N, 90, 270, 1)` in [-1, 1] to the same shape and, give or take,
    range, whichever Keras backend runs it; one that reads gives a list of that and the logits of
    what stands on the plate, float32 `(N, 8, 73)`, classes of `plates.slots`. `seed` (0 or more)
    settles its initial weights and its dropout. With the precision bf16 it computes in bfloat16,
    its outputs still float32: about twice as fast where the processor multiplies such numbers
    itself. `settings` are the network's own: `width` of moussaka is its share of the channels,
    above 0 and at most 1.

    Raises `ValueError` for a name that is not in `list_models()`, and for other settings.
    """
    if name not in NETWORKS:
        raise ValueError(f"unknown model; known are {', '.join(list_models())}. Received: {name!r}")
    if unknown := [setting for setting in settings if setting not in NETWORKS[name]]:
        raise ValueError(f"{name} has no setting {unknown[0]!r}")
    import keras

    module = importlib.import_module(f"{__name__}.networks.{name}")
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(PRECISIONS[precision])
    try:
        return getattr(module, name)(seed, **settings)
    finally:
        keras.config.set_dtype_policy(usual)
