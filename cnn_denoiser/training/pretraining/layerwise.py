"""Layer-by-layer pretraining on sharp plates, each layer on what the layers below make of them.

Greedy, in one of two ways:

- `dbn`, a deep belief network (Hinton, Osindero and Teh 2006): each layer and its adjoint are a
  restricted Boltzmann machine, trained by contrastive divergence.
- `autoencoder` (Bengio et al. 2007): a layer and a separate reverse layer, thrown away afterwards,
  learn to give back the layer's input from its output, by squared error.

The weights learned are those that the training of the network starts from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import keras
import numpy as np

from cnn_denoiser.training.pretraining.rbm import BoltzmannMachine, check_layer

AUTOENCODER_LEARNING_RATE = 0.001


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
) -> Iterator[tuple[str, int, float]]:
    """Train the convolutional layers of a chain of layers, one after the other, on sharp plates.

    `sharp_batches` gives float32 `(N, 90, 270, 1)` in [-1, 1], `batches_per_layer` for every layer;
    pretraining ends where they end. `seed` settles what is random; `kind` is "dbn" or
    "autoencoder". Works as it is iterated: yields (layer name, batch number, reconstruction error)
    after each batch; the error is a mean square, for "dbn" as a share of the variance of the
    layer's input. A layer has its new weights once the iteration is past its last batch. Raises
    `ValueError` for a network that is not a chain (`keras.Sequential`) or has layers that cannot be
    pretrained so.
    """
    if not is_chain(network):
        raise ValueError(f"only a chain of layers can be pretrained. Received: {network.name!r}")
    layers = [layer for layer in network.layers if layer.weights]
    if kind == "dbn":
        for layer in layers:
            check_layer(layer)
    batches = iter(sharp_batches)
    for layer in layers:
        # To predict leaves out dropout, while the layers learn to keep everything.
        below = keras.Model(network.inputs, layer.input)
        below.jit_compile = keras.backend.backend() == "jax"
        trainee: _Trainee | None = None
        for number in range(batches_per_layer):
            pictures = next(batches, None)
            if pictures is None:
                return
            features = below.predict_on_batch(pictures).astype(np.float32)
            if trainee is None:
                trainee = TRAINEES[kind](layer, features, seed)
            yield layer.name, number, trainee.train(features)
        if trainee is not None:
            trainee.copy_to(layer, features)


def is_chain(network: keras.Model) -> bool:
    """Say whether a network is one layer after another, and can be pretrained."""
    return isinstance(network, keras.Sequential)


class LayerAutoencoder:
    """A layer followed by a fresh layer that maps its output back to the shape of its input."""

    def __init__(self, layer: keras.layers.Layer, features: np.ndarray, seed: int) -> None:
        """Take the layer itself, which learns in place; `seed` settles the reverse weights."""
        reverse_class = (
            keras.layers.Conv2D
            if isinstance(layer, keras.layers.Conv2DTranspose)
            else keras.layers.Conv2DTranspose
        )
        reverse = reverse_class(
            features.shape[-1],
            layer.kernel_size,
            strides=layer.strides,
            padding=layer.padding,
            kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        )
        self._model = keras.Sequential([keras.Input(features.shape[1:]), layer, reverse])
        self._model.compile(
            keras.optimizers.Adam(AUTOENCODER_LEARNING_RATE), "mse", jit_compile=False
        )

    def train(self, features: np.ndarray) -> float:
        """Learn from a batch, float32 `(N, H, W, C)`; return the mean squared error."""
        self._model.reset_metrics()
        return float(self._model.train_on_batch(features, features))

    def copy_to(self, layer: keras.layers.Layer, features: np.ndarray) -> None:
        """Do nothing: the layer itself has learned."""


TRAINEES: dict[str, Callable[[keras.layers.Layer, np.ndarray, int], _Trainee]] = {
    "dbn": BoltzmannMachine,
    "autoencoder": LayerAutoencoder,
}
