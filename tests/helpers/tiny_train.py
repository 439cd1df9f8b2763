"""The training command with two networks more, for tests that start many trainings.

In the environment, LOGICAL_DEVICES is how many devices TensorFlow makes of the processor, and
PATIENCE_SECONDS how long a worker waits for the others.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[0] = str(PROJECT)

from cnn_denoiser import model_definitions  # noqa: E402
from cnn_denoiser.training.command import main  # noqa: E402
from cnn_denoiser.training.recipes import RECIPES  # noqa: E402

if TYPE_CHECKING:
    import keras


def tiny(seed: int, width: float = 1.0, dropout: float = 0.2) -> keras.Model:
    """Build a chain of two layers with dropout; a saved state takes a few kilobytes."""
    import keras

    from cnn_denoiser.model_definitions.dropout import Dropout

    layers = [
        keras.Input((90, 270, 1), name="blurred"),
        keras.layers.Conv2D(
            round(6 * width), 3, strides=3, padding="same", activation="relu", name="down",
            kernel_initializer=keras.initializers.HeNormal(seed=seed),
        ),
        *([Dropout(dropout, seed=seed, name="dropout")] if dropout else []),
        keras.layers.Conv2DTranspose(
            1, 3, strides=3, padding="same", activation="tanh", name="up",
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed), dtype="float32",
        ),
    ]  # fmt: skip
    return keras.Sequential(layers, name="tiny" if dropout else "steady")


def steady(seed: int) -> keras.Model:
    """Build `tiny` without dropout, which draws other masks where batches are divided."""
    return tiny(seed, dropout=0)


def register() -> None:
    """Make the networks known to this process."""
    for network in (tiny, steady):
        name = f"{model_definitions.__name__}.networks.{network.__name__}"
        sys.modules[name] = ModuleType(name)
        setattr(sys.modules[name], network.__name__, network)
        settings = ("width",) if network is tiny else ()
        model_definitions.NETWORKS[network.__name__] = settings
        RECIPES[network.__name__] = {
            "batch_size": 2, "ema": 0.9, "dropout": 0.2 if network is tiny else 0.0,
        }  # fmt: skip


def divide_processor(count: int) -> None:
    """Make several devices of the processor, as far as TensorFlow is concerned."""
    import tensorflow as tf

    device = tf.config.LogicalDeviceConfiguration()
    processor = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(processor, [device] * count)


def be_patient(seconds: float) -> None:
    """Change how long this process waits for other workers."""
    from cnn_denoiser.training.distributed import replicas

    replicas.PATIENCE_SECONDS = seconds


if __name__ == "__main__":
    register()
    if devices := os.environ.get("LOGICAL_DEVICES"):
        divide_processor(int(devices))
    if seconds := os.environ.get("PATIENCE_SECONDS"):
        be_patient(float(seconds))
    sys.exit(main(prog="train.py"))
