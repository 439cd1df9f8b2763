"""A network that learns: with its loss, its optimiser, and the running average of its weights."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from cnn_denoiser.model_definitions import create_model
from cnn_denoiser.model_definitions.dropout import Dropout
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.clock import ELAPSED, Clock
from cnn_denoiser.training.distributed.strategy import Strategy
from cnn_denoiser.training.dropout import DROPOUT_SCHEDULES
from cnn_denoiser.training.errors import TrainingError
from cnn_denoiser.training.losses import LOSSES, Objective
from cnn_denoiser.training.optimizers import make_optimizer
from cnn_denoiser.training.optimizers.schedules import learning_rate
from cnn_denoiser.training.options import TrainingOptions
from plumbing.commands.errors import UsageError


class Learner:
    """A network and everything that its next batch depends on.

    network: what learns; `settings` and `seed` are what it was built with.
    result:  what is saved for use: the network itself, or another one that holds the average.
    step:    how many batches it has learned from.
    clock:   how much of the time is over, in a run with a time limit.
    """

    def __init__(self, options: TrainingOptions, strategy: Strategy) -> None:
        """Build the network with fresh weights; `UsageError` where it cannot be as asked for."""
        self._options = options
        self.settings, self.seed = options.settings, options.seed
        self.step = 0
        self.clock = Clock(60 * options.minutes)
        with strategy.scope():
            self.network = create_model(
                options.model, options.seed, options.precision, **options.settings
            )
            self.result = (
                create_model(options.model, options.seed, **options.settings)
                if options.ema
                else self.network
            )
            self._optimizer = make_optimizer(options, self.network)
        self._dropouts = [layer for layer in self.network.layers if isinstance(layer, Dropout)]
        if options.dropout and not self._dropouts:
            raise UsageError(f"--dropout: {options.model} has no layers of dropout")
        objective = Objective(LOSSES[options.loss], options.reading_weight)
        self._step_on = strategy.make_step(self.network, self._optimizer, objective)

    @property
    def share_done(self) -> float:
        """How much of the training is done, from 0 to 1: of the batches, or of the time."""
        return self._share_done(self.step)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next batch."""
        return self._rate(self.step)

    @property
    def dropout(self) -> float:
        """The rate of dropout of the next batch."""
        schedule = DROPOUT_SCHEDULES[self._options.dropout_schedule]
        return schedule(self._options.dropout, self.share_done)

    @property
    def is_finite(self) -> bool:
        """Say whether every weight is a number."""
        return all(np.isfinite(weights).all() for weights in self.network.get_weights())

    def learn(self, batches: Sequence[Batch]) -> list[float]:
        """Learn from batches; return the loss of each.

        Raises `WorkerLostError` where a machine that takes part is lost, and `TrainingError` where
        the memory does not suffice.
        """
        for layer in self._dropouts:
            layer.rate.assign(self.dropout)
        try:
            rates = [self._rate(self.step + number) for number in range(len(batches))]
            losses = self._step_on(batches, rates)
        except Exception as error:
            if not _is_out_of_memory(error):
                raise
            raise TrainingError(
                f"the memory does not suffice for batches of {self._options.batch_size} pictures: "
                "lower --batch_size"
            ) from error
        self.step += len(batches)
        return losses

    def _share_done(self, step: int) -> float:
        return min(1.0, max(step / self._options.num_iter, self.clock.share))

    def _rate(self, step: int) -> float:
        return learning_rate(self._options, step, self._share_done(step))

    def average(self) -> None:
        """Bring `result` up to date with the running average."""
        if self.result is self.network:
            return
        if self.step == 0:  # no average yet
            self.result.set_weights(self.network.get_weights())
        else:
            self._optimizer.finalize_variable_values(self.result.trainable_variables)

    @property
    def state(self) -> dict[str, keras.Variable]:
        """The variables that the next batch depends on, but for those of `result`, by name."""
        state = {f"optimizer/{variable.path}": variable for variable in self._optimizer.variables}
        state[ELAPSED] = self.clock.elapsed
        for layer in self.network.layers:
            if seeds := getattr(layer, "seed_generator", None):
                state[f"seeds/{layer.name}"] = seeds.state
        if self.result is not self.network:
            state |= {f"network/{v.path}": v for v in self.network.trainable_variables}
        return state


def _is_out_of_memory(error: Exception) -> bool:
    """Say whether an error of any backend means that memory is used up."""
    kind = type(error).__name__
    return (
        isinstance(error, MemoryError)
        or kind in ("ResourceExhaustedError", "OutOfMemoryError")
        or "RESOURCE_EXHAUSTED" in str(error)
    )
