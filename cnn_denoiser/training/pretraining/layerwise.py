"""Layer-by-layer pretraining on sharp plates, each layer on what the layers below make of them.

Greedy, in one of two ways:

- `dbn`, a deep belief network (Hinton, Osindero and Teh 2006): each layer and its adjoint are a
  restricted Boltzmann machine, trained by contrastive divergence.
- `autoencoder` (Bengio et al. 2007): a layer and a separate reverse layer, thrown away afterwards,
  learn to give back the layer's input from its output, by squared error.

The weights learned are those that the training of the network starts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import keras
import numpy as np

from cnn_denoiser.training.pretraining import PRETRAININGS
from cnn_denoiser.training.pretraining.rbm import check_layer


class Progressed(NamedTuple):
    """A batch that a layer has been pretrained with.

    error:   of the reconstruction: a mean square; for "dbn" as a share of the variance of what the
             layer sees.
    is_last: the layer has its new weights now.
    """

    layer: keras.layers.Layer
    batch: int
    error: float
    is_last: bool


class _Trainee(Protocol):
    """A layer that is being pretrained."""

    def train(self, features: np.ndarray) -> float:
        """Learn from a batch, float32 `(N, H, W, C)`; return the reconstruction error."""

    def copy_to(self, layer: keras.layers.Layer, features: np.ndarray) -> None:
        """Give the layer what was learned."""


def pretrain(
    network: keras.Model,
    sharp_batches: Iterable[np.ndarray],
    batches_per_layer: int,
    seed: int,
    kind: str = "dbn",
    layers_done: int = 0,
) -> Iterator[Progressed]:
    """Train the convolutional layers of a chain of layers, one after the other, on sharp plates.

    `sharp_batches` gives float32 `(N, 90, 270, 1)` in [-1, 1], `batches_per_layer` for every layer
    after the first `layers_done`; pretraining ends where they end. `seed` settles what is random;
    `kind` is one of `PRETRAININGS`. Works as it is iterated. Raises `ValueError` for a network that
    is not a chain (`keras.Sequential`) or has layers that cannot be pretrained so.
    """
    if not is_chain(network):
        raise ValueError(f"only a chain of layers can be pretrained. Received: {network.name!r}")
    layers = layers_to_pretrain(network)
    if kind == "dbn":
        for layer in layers:
            check_layer(layer)
    batches = iter(sharp_batches)
    for layer in layers[layers_done:]:
        # To predict leaves out dropout, while the layers learn to keep everything.
        below = keras.Model(network.inputs, layer.input)
        below.jit_compile = keras.backend.backend() == "jax"
        trainee: _Trainee | None = None
        for number in range(1, batches_per_layer + 1):
            pictures = next(batches, None)
            if pictures is None:
                return
            features = below.predict_on_batch(pictures).astype(np.float32)
            if trainee is None:
                trainee = PRETRAININGS[kind](layer, features, seed)
            error = trainee.train(features)
            is_last = number == batches_per_layer
            if is_last:
                trainee.copy_to(layer, features)
            yield Progressed(layer, number, error, is_last)


def layers_to_pretrain(network: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of a chain that have something to learn."""
    return [layer for layer in network.layers if layer.trainable_weights]


def is_chain(network: keras.Model) -> bool:
    """Say whether a network is one layer after another, and can be pretrained."""
    return isinstance(network, keras.Sequential)
