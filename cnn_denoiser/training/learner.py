"""A network that learns: with its cost, its optimiser, and the running average of its weights."""

from __future__ import annotations

import keras
import numpy as np

from cnn_denoiser.frames import to_network
from cnn_denoiser.model_definitions import create_model
from cnn_denoiser.training.distributed.strategies import OneDevice, Strategy
from cnn_denoiser.training.losses import COSTS
from cnn_denoiser.training.optimizers import make_optimizer, make_schedule
from cnn_denoiser.training.options import TrainingOptions


class Learner:
    """A network and everything that its next batch depends on.

    network: what learns.
    result:  what is saved for use: the network itself, or another one that holds the average.
    step:    how many batches it has learned from.
    """

    def __init__(self, options: TrainingOptions, strategy: Strategy | None = None) -> None:
        """Build the network with fresh weights, on one device where no strategy is given."""
        strategy = strategy or OneDevice()
        averages = options.averaging > 0
        self.step = 0
        with strategy.scope():
            self.network = create_model(options.model, options.seed, options.precision)
            self.result = create_model(options.model, options.seed) if averages else self.network
            self._schedule = make_schedule(options)
            self._optimizer = make_optimizer(options, self._schedule)
            self._optimizer.build(self.network.trainable_variables)
        self.step_on_arrays = strategy.make_step(self.network, self._optimizer, COSTS[options.cost])
        """What `learn` does with pictures as a network has them; `step` is not counted."""

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next batch."""
        return float(self._schedule(self.step))

    @property
    def is_finite(self) -> bool:
        """Say whether every weight is a number."""
        return all(np.isfinite(weights).all() for weights in self.network.get_weights())

    def learn(self, blurred: np.ndarray, sharp: np.ndarray) -> float:
        """Learn from a batch, uint8 `(N, 90, 270)` both; return its cost.

        Raises `WorkerLostError` where a machine that takes part is lost.
        """
        cost = self.step_on_arrays(to_network(blurred), to_network(sharp))
        self.step += 1
        return cost

    def average(self) -> None:
        """Bring `result` up to date with the running average."""
        if self.result is self.network:
            return
        if self.step == 0:  # no average yet
            self.result.set_weights(self.network.get_weights())
        else:
            self._optimizer.finalize_variable_values(self.result.trainable_variables)

    @property
    def state(self) -> list[keras.Variable]:
        """The variables that the next batch depends on, but for those of `result`."""
        dropouts = [layer for layer in self.network.layers if hasattr(layer, "seed_generator")]
        state = [*self._optimizer.variables, *(layer.seed_generator.state for layer in dropouts)]
        return state if self.result is self.network else [*state, *self.network.weights]
