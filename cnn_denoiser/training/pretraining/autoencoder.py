"""A layer as the first half of an autoencoder."""

from __future__ import annotations

import keras
import numpy as np

LEARNING_RATE = 0.001


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
        self._model.compile(keras.optimizers.Adam(LEARNING_RATE), "mse", jit_compile=False)

    def train(self, features: np.ndarray) -> float:
        """Learn from a batch, float32 `(N, H, W, C)`; return the mean squared error."""
        self._model.reset_metrics()
        return float(self._model.train_on_batch(features, features))

    def copy_to(self, layer: keras.layers.Layer, features: np.ndarray) -> None:
        """Do nothing: the layer itself has learned."""
