"""Layer-by-layer pretraining on sharp plates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _boltzmann_machine(*arguments: Any) -> Any:
    from cnn_denoiser.training.pretraining.rbm import BoltzmannMachine

    return BoltzmannMachine(*arguments)


def _autoencoder(*arguments: Any) -> Any:
    from cnn_denoiser.training.pretraining.autoencoder import LayerAutoencoder

    return LayerAutoencoder(*arguments)


# What trains a layer, by name; takes the layer, a batch of what it sees, and a seed. Keras is
# loaded when one is made.
PRETRAININGS: dict[str, Callable[..., Any]] = {
    "dbn": _boltzmann_machine,
    "autoencoder": _autoencoder,
}
