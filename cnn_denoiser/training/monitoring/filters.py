"""A picture of what a layer looks for."""

from __future__ import annotations

import keras
import numpy as np

SIDE = 16  # filters in a row of the picture, and rows at most
ZOOM = 6
GREY = 128


def filter_grid(layer: keras.layers.Layer) -> np.ndarray:
    """Return the strongest filters of a convolution, or a transposed one, as one picture.

    uint8 `(H, W)`: up to 256 filters, the strongest first, with a black line around each; grey is
    a weight of 0, white or black the largest there is. A filter joins an input to an output
    channel; the picture shows one for each channel on the side that has more of them: the one
    that weighs most.
    """
    kernel = keras.ops.convert_to_numpy(layer.kernel).astype(np.float32)
    axis = 2 if kernel.shape[2] < kernel.shape[3] else 3
    strengths = np.square(kernel).sum(axis=(0, 1), keepdims=True)
    best = strengths.argmax(axis=axis, keepdims=True)
    filters = np.moveaxis(np.take_along_axis(kernel, best, axis).squeeze(axis), -1, 0)
    order = np.square(filters).sum(axis=(1, 2)).argsort(kind="stable")[::-1]
    filters = filters[order[: SIDE**2]]

    scale = (255 - GREY) / max(float(np.abs(filters).max()), 1e-12)
    tiles = np.rint(GREY + filters * scale).astype(np.uint8)
    tiles = tiles.repeat(ZOOM, axis=1).repeat(ZOOM, axis=2)
    tiles = np.pad(tiles, ((0, -len(tiles) % SIDE), (1, 1), (1, 1)))
    rows, (height, width) = len(tiles) // SIDE, tiles.shape[1:]
    grid = tiles.reshape(rows, SIDE, height, width).swapaxes(1, 2)
    return grid.reshape(rows * height, SIDE * width)
