"""moussaka: the convolutional encoder and decoder of the Huawei contest 2017."""

from __future__ import annotations

import keras

from cnn_denoiser.model_definitions.dropout import Dropout

KERNEL_SIZE = 5
DROPOUT_RATE = 0.5
# (channels, stride) of each layer; the third convolution sees 30x10.
CONVOLUTIONS = ((512, 3), (256, 3), (128, 1))
TRANSPOSED_CONVOLUTIONS = ((128, 1), (256, 3), (1, 3))


def moussaka(seed: int, width: float = 1.0) -> keras.Model:
    """Build moussaka: three convolutions down to 30x10, three transposed ones back to 270x90.

    Input and output: float32 `(N, 90, 270, 1)` in [-1, 1]. All kernels are 5x5 with zero padding.
    Dropout at 0.5 stands before every layer but the first, ReLU after every layer but the last,
    which ends in tanh. 5,345,281 parameters. Weights start as He et al. 2015 (arXiv:1502.01852)
    propose for ReLU, those of the last layer as Glorot and Bengio 2010 do for tanh.

    `width`, above 0 and at most 1, is the share of the hidden channels that are there. Raises
    ValueError for another one.
    """
    if not 0 < width <= 1:
        raise ValueError(f"width must be above 0 and at most 1. Received: {width!r}")
    layers: list[keras.layers.Layer] = [keras.Input((90, 270, 1), name="blurred")]
    plan = [("convolution", keras.layers.Conv2D, *row) for row in CONVOLUTIONS]
    plan += [
        ("transposed_convolution", keras.layers.Conv2DTranspose, *row)
        for row in TRANSPOSED_CONVOLUTIONS
    ]
    for index, (name, layer_class, channels, stride) in enumerate(plan):
        number = index % len(CONVOLUTIONS) + 1
        is_last = index == len(plan) - 1
        # Seeds differ from layer to layer; those of the dropouts lie apart from the weights'.
        layer_seed = 1000 * seed + index
        initializer = keras.initializers.GlorotUniform if is_last else keras.initializers.HeNormal
        if index > 0:
            layers.append(
                Dropout(DROPOUT_RATE, seed=layer_seed + len(plan), name=f"dropout_{index}")
            )
        layers.append(
            layer_class(
                channels if is_last else max(1, round(channels * width)),
                KERNEL_SIZE,
                strides=stride,
                padding="same",
                activation="tanh" if is_last else "relu",
                kernel_initializer=initializer(seed=layer_seed),
                name=f"{name}_{number}",
                dtype="float32" if is_last else None,
            )
        )
    return keras.Sequential(layers, name="moussaka")
