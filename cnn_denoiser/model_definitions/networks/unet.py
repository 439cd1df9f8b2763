"""unet: a residual U-Net that reads the plate where it has most of its depth."""

from __future__ import annotations

import keras

from cnn_denoiser.model_definitions.character_reader import CharacterReader
from plates.slots import CLASSES, SLOTS

PATCH = 3  # pixels a side that become one point of the first layer
MARGIN = 3  # makes 270x90 into 276x96, which halves twice after the patches
CHANNELS = (32, 64, 128)  # at a third, a sixth and a twelfth of the size
BLOCKS_DOWN = (1, 1, 6)
BLOCKS_AFTER_READING = 2
BLOCKS_UP = (2, 2)
# Of what is below zero, so much passes. With none (ReLU), most channels die where most of the
# depth is: after some 100,000 pictures two in three, later nearly all.
NEGATIVE_SLOPE = 0.1


def unet(seed: int) -> keras.Model:
    """Build a U-Net (Ronneberger et al. 2015, arXiv:1505.04597) of residual blocks.

    Input: float32 `(N, 90, 270, 1)` in [-1, 1]. Outputs: the deblurred picture, of the same shape
    and about the same range, and the logits of what stands on the plate, float32 `(N, 8, 73)`: for
    each place the classes of `plates.slots`. What is read at a twelfth of the size, the way up
    draws: a network that knows only pixels draws something between two characters. Three
    by three pixels are taken together at the entrance and laid out again at the exit, so nothing
    is computed at full size; strided convolutions lead down, 1x1 convolutions and depth-to-space
    up. The picture itself is not added to the output: a network that corrects its input learns
    to leave hard blur as it is. 3,284,914 parameters.
    """
    seeds = iter(range(1000 * seed, 1000 * (seed + 1)))

    def convolution(
        x: keras.KerasTensor,
        channels: int,
        name: str,
        size: int = 3,
        stride: int = 1,
        scale: float = 1.0,
        dtype: str | None = None,
    ) -> keras.KerasTensor:
        initializer = keras.initializers.VarianceScaling(scale, seed=next(seeds))
        return keras.layers.Conv2D(
            channels,
            size,
            strides=stride,
            padding="same",
            kernel_initializer=initializer,
            name=name,
            dtype=dtype,
        )(x)

    def block(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        channels = x.shape[-1]
        # Scale 2 makes up for what is cut off (He et al. 2015, arXiv:1502.01852).
        inner = convolution(x, channels, f"{name}_a", scale=2.0)
        inner = keras.layers.LeakyReLU(NEGATIVE_SLOPE)(inner)
        # A small start lets the signal pass deep networks without normalisation layers.
        return x + convolution(inner, channels, f"{name}_b", scale=0.02)

    blurred = keras.Input((90, 270, 1), name="blurred")
    rows_and_columns = [[0, 0], [MARGIN, MARGIN], [MARGIN, MARGIN], [0, 0]]
    x = keras.ops.pad(blurred, rows_and_columns, mode="reflect")
    x = convolution(keras.ops.space_to_depth(x, PATCH), CHANNELS[0], "entrance")
    skips = []
    for level, (channels, blocks) in enumerate(zip(CHANNELS, BLOCKS_DOWN, strict=True)):
        if level > 0:
            skips.append(x)
            x = convolution(x, channels, f"down_{level}", stride=2)
        for number in range(blocks):
            x = block(x, f"down_{level}_block_{number}")
    reader = CharacterReader(tuple(x.shape[1:]), SLOTS, CLASSES, next(seeds))
    characters, x = reader(x)
    for number in range(BLOCKS_AFTER_READING):
        x = block(x, f"after_reading_block_{number}")
    for level, blocks in zip((1, 0), BLOCKS_UP, strict=True):
        x = keras.ops.depth_to_space(convolution(x, 4 * CHANNELS[level], f"up_{level}", size=1), 2)
        x = x + skips.pop()
        for number in range(blocks):
            x = block(x, f"up_{level}_block_{number}")
    x = keras.ops.depth_to_space(convolution(x, PATCH**2, "exit", dtype="float32"), PATCH)
    deblurred = x[:, MARGIN:-MARGIN, MARGIN:-MARGIN, :]
    return keras.Model(blurred, [deblurred, characters], name="unet")
