"""Layer-by-layer pretraining: each layer learns to keep what the layers below it make of plates.

Greedy, as for a deep belief network (Hinton, Osindero and Teh 2006) but with squared error in
place of contrastive divergence (Bengio et al. 2007): a layer and a reverse layer, thrown away
afterwards, learn to give back the layer's input from its output. The layers are the network's
own, so the weights learned here are the weights that the training starts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import keras
import numpy as np

LEARNING_RATE = 0.001


def pretrain(
    network: keras.Model, sharp_batches: Iterable[np.ndarray], batches_per_layer: int, seed: int
) -> Iterator[tuple[str, int, float]]:
    """Train the convolutional layers of a chain of layers, one after the other, on sharp plates.

    `sharp_batches` gives float32 `(N, 90, 270, 1)` in [-1, 1], `batches_per_layer` for every layer;
    pretraining ends where they end. `seed` settles the reverse layers' weights. Works as it is
    iterated: yields (layer name, batch number, mean squared error) after each batch. Raises
    `ValueError` for a network that is not a chain (`keras.Sequential`).
    """
    if not is_chain(network):
        raise ValueError(f"only a chain of layers can be pretrained. Received: {network.name!r}")
    batches = iter(sharp_batches)
    below: list[keras.layers.Layer] = []
    # Dropout has no weights, and is not applied while the layers learn to keep everything.
    for layer in (layer for layer in network.layers if layer.weights):
        trainee = keras.Sequential(
            [keras.Input(layer.input.shape[1:]), layer, _reverse_layer(layer, seed)]
        )
        trainee.compile(keras.optimizers.Adam(LEARNING_RATE), "mse", jit_compile=False)
        for number in range(batches_per_layer):
            features = next(batches, None)
            if features is None:
                return
            for lower in below:
                features = lower(features)
            features = keras.ops.convert_to_numpy(features)
            trainee.reset_metrics()
            yield layer.name, number, float(trainee.train_on_batch(features, features))
        below.append(layer)


def is_chain(network: keras.Model) -> bool:
    """Say whether a network is one layer after another, and can be pretrained."""
    return isinstance(network, keras.Sequential)


def _reverse_layer(layer: keras.layers.Layer, seed: int) -> keras.layers.Layer:
    """Return a fresh layer that maps the output of a convolution back to the shape of its input."""
    reverse_class = (
        keras.layers.Conv2D
        if isinstance(layer, keras.layers.Conv2DTranspose)
        else keras.layers.Conv2DTranspose
    )
    return reverse_class(
        layer.input.shape[-1],
        layer.kernel_size,
        strides=layer.strides,
        padding=layer.padding,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
    )
