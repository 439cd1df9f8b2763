"""Muon: steps of the kernels that change all their directions alike."""

from __future__ import annotations

from typing import Any

import keras

from cnn_denoiser.training.optimizers.ema import WarmedUpEma

MOMENTUM = 0.95
# Adam's, for what has no two sides to balance: biases.
MEAN_MEMORY = 0.9
SQUARE_MEMORY = 0.99
EPSILON = 1e-7
# The polynomial of the Newton-Schulz iteration, and how often it is applied (Jordan et al. 2024).
ORTHOGONALISATION = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
# Root mean square of a step at a rate of 1, about that of Adam: one rate does for both
# (Liu et al. 2025, arXiv:2502.16982).
STEP_SIZE = 0.2


class Muon(WarmedUpEma, keras.optimizers.Optimizer):
    """Momentum made orthogonal (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/).

    A kernel's momentum, flattened to `(inputs of an output, outputs)`, is replaced by the nearest
    matrix whose singular values are all alike, so that rare directions learn as fast as frequent
    ones. Variables of less than two dimensions take the steps of Adam. Weight decay is decoupled
    from the gradient, as in AdamW. `precision` is a floating-point type for the matrix products.
    """

    def __init__(self, learning_rate: Any, precision: str = "float32", **settings: Any) -> None:
        """Take a rate, and the settings that all optimisers of Keras have."""
        super().__init__(learning_rate, name="muon", **settings)
        self._precision = precision
        self._momenta: list[keras.Variable] = []
        self._squares: list[keras.Variable | None] = []

    def build(self, variables: list[keras.Variable]) -> None:
        """Make room for the momentum of every variable."""
        if self.built:
            return
        super().build(variables)
        self._momenta = self.add_optimizer_variables(variables, "momentum")
        self._squares = [
            None
            if len(variable.shape) > 1
            else self.add_variable_from_reference(variable, "square")
            for variable in variables
        ]

    def update_step(self, gradient: Any, variable: keras.Variable, learning_rate: Any) -> None:
        """Change a variable by one step."""
        index = self._get_variable_index(variable)
        rate = keras.ops.cast(learning_rate, variable.dtype)
        momentum, square = self._momenta[index], self._squares[index]
        if square is not None:
            step = self._adam_step(gradient, momentum, square)
        else:
            self.assign(momentum, MOMENTUM * momentum + (1 - MOMENTUM) * gradient)
            # Nesterov's look ahead.
            ahead = MOMENTUM * momentum + (1 - MOMENTUM) * gradient
            matrix = keras.ops.reshape(ahead, (-1, variable.shape[-1]))
            direction = orthogonalise(keras.ops.cast(matrix, self._precision))
            step = keras.ops.cast(direction, variable.dtype) * max(matrix.shape) ** 0.5 * STEP_SIZE
        self.assign_sub(variable, rate * keras.ops.reshape(step, variable.shape))

    def _adam_step(self, gradient: Any, mean: keras.Variable, square: keras.Variable) -> Any:
        steps = keras.ops.cast(self.iterations + 1, mean.dtype)
        self.assign(mean, MEAN_MEMORY * mean + (1 - MEAN_MEMORY) * gradient)
        self.assign(square, SQUARE_MEMORY * square + (1 - SQUARE_MEMORY) * gradient**2)
        unbiased = mean / (1 - keras.ops.power(MEAN_MEMORY, steps))
        scale = keras.ops.sqrt(square / (1 - keras.ops.power(SQUARE_MEMORY, steps)))
        return unbiased / (scale + EPSILON)


def orthogonalise(matrix: Any) -> Any:
    """Return a matrix with nearly the singular vectors of `matrix` and singular values near 1."""
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = keras.ops.transpose(matrix) if is_tall else matrix
    x = x / (keras.ops.norm(x) + EPSILON)  # no singular value above 1
    linear, cubic, quintic = ORTHOGONALISATION
    for _ in range(ITERATIONS):
        gram = x @ keras.ops.transpose(x)
        x = linear * x + (cubic * gram + quintic * gram @ gram) @ x
    return keras.ops.transpose(x) if is_tall else x
