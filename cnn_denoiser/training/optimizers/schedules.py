"""The course of the learning rate, by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_denoiser.training.options import TrainingOptions

WARM_UP = 300  # batches, or a tenth of the training where that is less


def learning_rate(options: TrainingOptions, step: int, share_done: float) -> float:
    """Return the learning rate of a batch: that of the schedule, after a rise in a straight line.

    `step` is the batch's number, from 0; `share_done` how much of the training is done, 0 to 1.
    """
    warm_up = max(1, min(WARM_UP, options.num_iter // 10))
    return SCHEDULES[options.schedule](options, share_done) * min(1.0, (step + 1) / warm_up)


def exponential(options: TrainingOptions, share_done: float) -> float:
    """Return a rate that falls by the same factor at every batch, to `final_rate` of it."""
    return options.learning_rate * options.final_rate**share_done


def cosine(options: TrainingOptions, share_done: float) -> float:
    """Return a rate that falls to zero along half a cosine (arXiv:1608.03983)."""
    return options.learning_rate * (1 + math.cos(math.pi * share_done)) / 2


SCHEDULES: dict[str, Callable[[TrainingOptions, float], float]] = {
    "exponential": exponential,
    "cosine": cosine,
}
