"""The course of the learning rate, by name; Keras is loaded when one is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnn_denoiser.training.options import TrainingOptions

COSINE_WARM_UP = 300  # batches
# At most: a run of fewer than ten times as many batches warms up in a tenth of them.
EXPONENTIAL_WARM_UP = 100


def make_schedule(options: TrainingOptions) -> Any:
    """Return the learning rate of a run as a function of the batch's number, a Keras schedule."""
    return SCHEDULES[options.schedule](options)


def _exponential(options: TrainingOptions) -> Any:
    import keras

    warm_up = max(1, min(EXPONENTIAL_WARM_UP, options.num_iter // 10))

    class WarmedUpDecay(keras.optimizers.schedules.ExponentialDecay):
        """Decays by the same factor at every batch, after a rise in a straight line."""

        def __call__(self, step: Any) -> Any:
            share = (keras.ops.cast(step, "float32") + 1) / warm_up
            return super().__call__(step) * keras.ops.minimum(1.0, share)

    return WarmedUpDecay(options.learning_rate, options.num_iter, options.final_rate)


def _cosine(options: TrainingOptions) -> Any:
    import keras

    warm_up = min(COSINE_WARM_UP, options.num_iter // 2)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        decay_steps=options.num_iter - warm_up,
        warmup_target=options.learning_rate,
        warmup_steps=warm_up,
    )


SCHEDULES: dict[str, Callable[[TrainingOptions], Any]] = {
    "exponential": _exponential,
    "cosine": _cosine,
}
