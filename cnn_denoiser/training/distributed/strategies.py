"""How a training is spread: over one device, the devices of one machine, or several machines.

Every replica of the network learns from its share of each batch. Losses and gradients are averaged
over the replicas before anything else is done with them, so that the weights are those of one
device and the whole batch, but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from blurrer import Pair
from cnn_denoiser.training.distributed.worker import Worker
from plumbing.commands.errors import UsageError

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


def open_strategy(name: str, batch_size: int, worker: Worker) -> Strategy:
    """Find the devices to train on; raises `UsageError` and `WorkerLostError`."""
    return STRATEGIES[name](name, batch_size, worker)


def _single(name: str, batch_size: int, worker: Worker) -> Strategy:
    import keras

    from cnn_denoiser.training.distributed.one_device import JaxDevice, OneDevice

    return JaxDevice() if keras.backend.backend() == "jax" else OneDevice()


def _replicas(name: str, batch_size: int, worker: Worker) -> Strategy:
    import keras

    from cnn_denoiser.training.distributed.replicas import Replicas

    if (backend := keras.backend.backend()) != "tensorflow":
        raise UsageError(
            f"--strategy {name} needs TensorFlow as the backend of Keras, which is {backend} here; "
            "leave it out to train on one device"
        )
    replicas = Replicas(worker)
    if batch_size % replicas.count:
        raise UsageError(
            f"a batch of {batch_size} cannot be divided equally among {replicas.count} replicas: "
            "change --batch_size"
        )
    return replicas


STRATEGIES: dict[str, Callable[[str, int, Worker], Strategy]] = {
    "single": _single,
    "mirrored": _replicas,
    "multi_worker": _replicas,
}
