"""Pixels to channels and back, on every Keras backend and version.

Keras has both from 3.15 on; the versions that run on Python 3.10 do not.
"""

from __future__ import annotations

import keras


def space_to_depth(x: keras.KerasTensor, size: int) -> keras.KerasTensor:
    """Turn `(N, H, W, C)` into `(N, H / size, W / size, size * size * C)`.

    The channels of a point are those of its square of pixels, row by row.
    """
    height, width, channels = x.shape[1:]
    x = keras.ops.reshape(x, (-1, height // size, size, width // size, size, channels))
    x = keras.ops.transpose(x, (0, 1, 3, 2, 4, 5))
    return keras.ops.reshape(x, (-1, height // size, width // size, size * size * channels))


def depth_to_space(x: keras.KerasTensor, size: int) -> keras.KerasTensor:
    """Undo `space_to_depth`: `(N, H, W, size * size * C)` into `(N, size * H, size * W, C)`.

    The sub-pixel layer of Shi et al. 2016 (arXiv:1609.05158).
    """
    height, width, channels = x.shape[1:]
    channels //= size * size
    x = keras.ops.reshape(x, (-1, height, width, size, size, channels))
    x = keras.ops.transpose(x, (0, 1, 3, 2, 4, 5))
    return keras.ops.reshape(x, (-1, size * height, size * width, channels))
