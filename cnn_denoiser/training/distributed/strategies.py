"""How a training is spread: over one device, the devices of one machine, or several machines.

Every replica of the network learns from its share of each batch. Losses and gradients are averaged
over the replicas before anything else is done with them, so that the weights are those of one
device and the whole batch, but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable

from cnn_denoiser.training.distributed.strategy import Strategy
from cnn_denoiser.training.distributed.worker import Worker
from plumbing.commands.errors import UsageError


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
