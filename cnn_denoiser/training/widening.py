"""A narrow network becomes a wider one that computes the same (Net2Net, arXiv:1511.05641)."""

from __future__ import annotations

import keras
import numpy as np

# Standard deviation of what tells twins apart, as a share of that of the weights. With much less,
# Adam gives both the same steps for a long time, as their gradients hardly differ.
NOISE = 0.3


def widen(narrow: keras.Model, wide: keras.Model, seed: int) -> None:
    """Give a wide chain of layers weights with which it computes what a narrow one does.

    Every hidden channel stands twice in a network of twice the width, and what leads out of it is
    halved; noise, drawn from `seed`, which cancels over the twins, lets them learn different
    things. Repeated for four times the width, and so on. Raises `ValueError` where the
    widths do not fit.
    """
    random = np.random.default_rng(seed)
    weights = [_kernel_and_bias(layer) for layer in _layers(narrow)]
    wanted = _layers(wide)
    while weights[0][1].size < wanted[0].bias.shape[0]:
        weights = _double(weights, wanted, random)
    for layer, (kernel, bias) in zip(wanted, weights, strict=True):
        if kernel.shape != tuple(layer.kernel.shape):
            raise ValueError(
                f"{layer.name} has kernels {tuple(layer.kernel.shape)}, which {kernel.shape} "
                "cannot become"
            )
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)


def _double(
    weights: list[tuple[np.ndarray, np.ndarray]],
    layers: list[keras.layers.Layer],
    random: np.random.Generator,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the weights of all layers with twice the hidden channels."""
    doubled = []
    for index, (layer, (kernel, bias)) in enumerate(zip(layers, weights, strict=True)):
        is_transposed = isinstance(layer, keras.layers.Conv2DTranspose)
        inputs, outputs = (3, 2) if is_transposed else (2, 3)
        if index > 0:
            noise = random.normal(0, NOISE * kernel.std(), kernel.shape).astype(kernel.dtype)
            kernel = np.concatenate([kernel / 2 + noise, kernel / 2 - noise], axis=inputs)
        if index < len(weights) - 1:
            kernel = np.concatenate([kernel, kernel], axis=outputs)
            bias = np.concatenate([bias, bias])
        doubled.append((kernel, bias))
    return doubled


def _layers(network: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in network.layers if layer.trainable_weights]


def _kernel_and_bias(layer: keras.layers.Layer) -> tuple[np.ndarray, np.ndarray]:
    kernel, bias = map(keras.ops.convert_to_numpy, (layer.kernel, layer.bias))
    return kernel, bias
