"""Adam with steps that suit the number of inputs of each output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras

from cnn_denoiser.training.optimizers.ema import WarmedUpEma

MEAN_MEMORY = 0.95
SQUARE_MEMORY = 0.99
EPSILON = 1e-7
# Kernels whose outputs have more inputs than this take smaller steps.
FULL_RATE_FAN_IN = 256


class Adam(WarmedUpEma, keras.optimizers.Optimizer):
    """Adam (Kingma and Ba 2015, arXiv:1412.6980), its rate scaled for each variable.

    A step of Adam changes every weight by about the rate, and so an output, which is a sum over
    all its inputs, by the rate times their number. At 12,800 inputs the plain one kills nearly all
    ReLUs of a layer with its first steps. The scales of `rate_scales` bound the change of the
    outputs; they are those of Yang et al. 2022 (arXiv:2203.03466, table 8) for Adam, whose rate
    goes with the inverse of the fan-in.
    """

    def __init__(self, learning_rate: Any, scales: Sequence[float], **settings: Any) -> None:
        """Take a rate, the scale of each variable's rate, and Keras' settings."""
        super().__init__(learning_rate, name="adam", **settings)
        self._scales = list(scales)
        self._means: list[keras.Variable] = []
        self._squares: list[keras.Variable] = []

    def build(self, variables: list[keras.Variable]) -> None:
        """Make room for the mean of the gradients of every variable, and of their squares."""
        if self.built:
            return
        super().build(variables)
        self._means = self.add_optimizer_variables(variables, "mean")
        self._squares = self.add_optimizer_variables(variables, "square")

    def update_step(self, gradient: Any, variable: keras.Variable, learning_rate: Any) -> None:
        """Change a variable by one step."""
        index = self._get_variable_index(variable)
        mean, square = self._means[index], self._squares[index]
        rate = keras.ops.cast(learning_rate, variable.dtype) * self._scales[index]
        steps = keras.ops.cast(self.iterations + 1, variable.dtype)
        self.assign(mean, MEAN_MEMORY * mean + (1 - MEAN_MEMORY) * gradient)
        self.assign(square, SQUARE_MEMORY * square + (1 - SQUARE_MEMORY) * gradient**2)
        unbiased = mean / (1 - keras.ops.power(MEAN_MEMORY, steps))
        scale = keras.ops.sqrt(square / (1 - keras.ops.power(SQUARE_MEMORY, steps)))
        self.assign_sub(variable, rate * unbiased / (scale + EPSILON))


class AdamW(WarmedUpEma, keras.optimizers.AdamW):
    """Keras' AdamW, the average of its weights warmed up."""


def rate_scales(network: keras.Model) -> list[float]:
    """Return what the rate of each trainable variable of a network is multiplied with.

    min(1, 256 / fan-in) for kernels, 1 for biases and what else has one dimension.
    """
    scales = {
        kernel.path: min(1.0, FULL_RATE_FAN_IN / fan_in(layer))
        for layer in network.layers
        if (kernel := getattr(layer, "kernel", None)) is not None
    }
    return [scales.get(variable.path, 1.0) for variable in network.trainable_variables]


def fan_in(layer: keras.layers.Layer) -> float:
    """Return how many inputs an output of a layer with a kernel has, on average."""
    shape = layer.kernel.shape
    if isinstance(layer, keras.layers.Conv2DTranspose):
        height, width, _, inputs = shape
        return height * width * inputs / math.prod(layer.strides)
    return math.prod(shape[:-1])
