"""What a training asks of the devices that it runs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from blurrer import Pair
from cnn_denoiser.training.distributed.worker import Worker

if TYPE_CHECKING:
    import keras

    from cnn_denoiser.training.losses import Loss

Step = Callable[[Sequence[Pair]], list[float]]
"""Learns from batches, one after the other, and returns the loss of each.

A batch is this process's share of it, uint8 `(N, 90, 270)`. Raises `WorkerLostError`.
"""


class Strategy(Protocol):
    """What a training asks of the devices that it runs on."""

    worker: Worker

    def scope(self) -> AbstractContextManager[object]:
        """Return a context; what is built in it is the same on every device."""

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, loss: Loss
    ) -> Step:
        """Return what learns."""

    def all_gather(self, number: int) -> list[int]:
        """Wait for all workers, and return what each of them gave; raises `WorkerLostError`."""

    def equalise(self, variables: Sequence[keras.Variable]) -> None:
        """Give variables the mean of what they are in all workers; raises `WorkerLostError`."""
