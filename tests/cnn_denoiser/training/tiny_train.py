"""The training command with one network more, `tiny`, for tests that start many trainings."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":
    sys.path[0] = str(PROJECT)

from cnn_denoiser import model_definitions, train  # noqa: E402
from cnn_denoiser.training import options  # noqa: E402

if TYPE_CHECKING:
    import keras


def tiny(seed: int) -> keras.Model:
    """Build a chain of two layers with dropout; a saved state takes a few kilobytes."""
    import keras

    layers = [
        keras.Input((90, 270, 1), name="blurred"),
        keras.layers.Conv2D(
            6, 3, strides=3, padding="same", activation="relu", name="down",
            kernel_initializer=keras.initializers.HeNormal(seed=seed),
        ),
        keras.layers.Dropout(0.2, seed=seed, name="dropout"),
        keras.layers.Conv2DTranspose(
            1, 3, strides=3, padding="same", activation="tanh", name="up",
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed), dtype="float32",
        ),
    ]  # fmt: skip
    return keras.Sequential(layers, name="tiny")


def register() -> None:
    """Make the network known to this process."""
    name = f"{model_definitions.__name__}.networks.tiny"
    sys.modules[name] = ModuleType(name)
    sys.modules[name].tiny = tiny
    model_definitions.NETWORKS = (*model_definitions.NETWORKS, "tiny")
    options.RECIPES["tiny"] = {"pretraining_batches": 0, "batch_size": 2, "averaging": 0.9}


if __name__ == "__main__":
    register()
    sys.exit(train.main())
