"""Dropout whose rate can change while a network learns."""

from __future__ import annotations

from typing import Any

import keras


class Dropout(keras.layers.Layer):
    """Dropout (Srivastava et al. 2014) at a rate that is a variable: `layer.rate.assign(0.25)`.

    While the network is trained, each number that comes in is zero with the probability `rate`,
    at least 0 and below 1, and else divided by 1 - rate. The rate is no part of the weights that
    are saved.
    """

    def __init__(self, rate: float, seed: int, **settings: Any) -> None:
        """Take the rate at the start, and what settles the numbers that are dropped."""
        super().__init__(**settings)
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.rate = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(rate),
            trainable=False,
            autocast=False,
            name="rate",
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Drop some of the inputs, while training."""
        if not training:
            return inputs
        level = keras.random.uniform(keras.ops.shape(inputs), seed=self.seed_generator)
        rate = keras.ops.convert_to_tensor(self.rate)
        kept = keras.ops.cast(level >= rate, inputs.dtype)
        return inputs * kept / keras.ops.cast(1 - rate, inputs.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Return the shape, which stays as it is."""
        return input_shape

    def save_own_variables(self, store: Any) -> None:
        """Save nothing."""

    def load_own_variables(self, store: Any) -> None:
        """Load nothing."""
