from __future__ import annotations

import keras
import numpy as np

from cnn_denoiser.training.monitoring.filters import SIDE, ZOOM, filter_grid


def test_the_strongest_filter_is_the_first_tile() -> None:
    layer = keras.layers.Conv2D(300, 3, kernel_initializer="zeros")
    layer.build((None, 9, 9, 2))
    kernel = np.zeros((3, 3, 2, 300), np.float32)
    kernel[0, 0, 1, 7], kernel[2, 2, 0, 9] = 2.0, -1.0
    layer.kernel.assign(kernel)
    grid = filter_grid(layer)
    side = 3 * ZOOM + 2
    assert grid.dtype == np.uint8
    assert grid.shape == (SIDE * side, SIDE * side)
    middle = ZOOM // 2 + 1
    first, second = grid[:side, :side], grid[:side, side : 2 * side]
    assert first[middle, middle] == 255
    assert first[-middle, -middle] == 128
    assert second[-middle, -middle] == 64


def test_a_layer_without_weights_yet_is_grey() -> None:
    layer = keras.layers.Conv2DTranspose(1, 5, kernel_initializer="zeros")
    layer.build((None, 9, 9, 20))
    grid = filter_grid(layer)
    assert grid.shape == (2 * (5 * ZOOM + 2), SIDE * (5 * ZOOM + 2))
    assert set(np.unique(grid)) == {0, 128}
