"""What a training asks of the devices that it runs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.distributed.worker import Worker

if TYPE_CHECKING:
    import keras

    from cnn_denoiser.training.losses import Objective

Step = Callable[[Sequence[Batch], Sequence[float]], list[float]]
"""Learns from this process's shares of batches, one after the other, each at a learning rate of
its own; returns the loss of each.

Raises `WorkerLostError`.
"""


class Strategy(Protocol):
    """What a training asks of the devices that it runs on."""

    worker: Worker

    def scope(self) -> AbstractContextManager[object]:
        """Return a context; what is built in it is the same on every device."""

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, objective: Objective
    ) -> Step:
        """Return what learns."""

    def all_gather(self, number: int) -> list[int]:
        """Wait for all workers, and return what each of them gave; raises `WorkerLostError`."""

    def equalise(self, variables: Sequence[keras.Variable]) -> None:
        """Give variables the mean of what they are in all workers; raises `WorkerLostError`."""
