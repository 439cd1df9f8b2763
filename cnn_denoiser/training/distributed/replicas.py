"""Devices that learn together, of one machine or of several, by `tf.distribute`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.distributed.scaling import frames_to_network
from cnn_denoiser.training.distributed.strategy import Step
from cnn_denoiser.training.distributed.watchdog import Watchdog
from cnn_denoiser.training.distributed.worker import Worker, WorkerLostError, meet
from cnn_denoiser.training.losses import Objective

# How long a worker waits for the others: for the last one to be started, and while the chief
# validates and saves. TensorFlow notices the end of a process at once, and in about a minute that
# one no longer answers; this is for what it does not notice, such as one lost while they connect.
PATIENCE_SECONDS = 600


class Replicas:
    """All devices of this machine and of the other workers': see `Strategy`.

    A loop of its own, as Keras' `fit` and `train_on_batch` fail with several machines.
    """

    def __init__(self, worker: Worker) -> None:
        """Find the devices and, where there are other workers, wait for those to connect.

        Raises `WorkerLostError` where that fails. Must come before anything else that TensorFlow
        computes.
        """
        import tensorflow as tf

        self.worker = worker
        self._tf = tf
        meet(worker, PATIENCE_SECONDS)
        self._watchdog = _watchdog() if worker.count > 1 else None
        with self._watched():
            self._strategy = (
                tf.distribute.MultiWorkerMirroredStrategy()
                if worker.count > 1
                else tf.distribute.MirroredStrategy()
            )
        self.count = self._strategy.num_replicas_in_sync
        """How many replicas there are in all."""
        self._local_count = self.count // worker.count
        # Identity puts what comes from outside on the replica's device.
        self._add_up = tf.function(
            lambda numbers: self._strategy.run(
                lambda own: tf.distribute.get_replica_context().all_reduce(
                    tf.distribute.ReduceOp.SUM, tf.identity(own)
                ),
                (numbers,),
            )
        )

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Return a context; what is built in it is the same on every device."""
        with self._watched(), self._strategy.scope():
            yield

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, objective: Objective
    ) -> Step:
        """Return what learns from batches; the losses are the same for all."""
        tf = self._tf
        variables = network.trainable_variables

        def learn_share(blurred: Any, sharp: Any, characters: Any) -> Any:
            with tf.GradientTape() as tape:
                outputs = network(frames_to_network(blurred), training=True)
                own_loss = objective(frames_to_network(sharp), characters, outputs)
            gradients = tape.gradient(own_loss, variables)
            replica = tf.distribute.get_replica_context()
            mean_loss, *gradients = replica.all_reduce(
                tf.distribute.ReduceOp.MEAN, [own_loss, *gradients]
            )
            # The optimiser would clip each replica's gradient, and then add them up.
            if optimizer.global_clipnorm:
                gradients, _ = tf.clip_by_global_norm(gradients, optimizer.global_clipnorm)
            optimizer.apply([gradient / self.count for gradient in gradients], variables)
            return mean_loss

        @tf.function
        def learn(*batch: Any) -> Any:
            return self._strategy.run(learn_share, batch)

        def step(batches: Sequence[Batch], rates: Sequence[float]) -> list[float]:
            losses = []
            with self._watched():
                for batch, rate in zip(batches, rates, strict=True):
                    optimizer.learning_rate = rate
                    losses.append(float(self._first(learn(*map(self._shared, batch)))))
            return losses

        return step

    def all_gather(self, number: int) -> list[int]:
        """Wait for all workers, and return what each of them gave."""
        if self.worker.count == 1:
            return [number]
        # A place for every replica; each fills its own.
        numbers = np.zeros((self._local_count, self.count), np.int64)
        for place in range(self._local_count):
            numbers[place, self.worker.index * self._local_count + place] = number
        with self._watched():
            total = self._first(self._add_up(self._shared(numbers)))
        return total.numpy().ravel().tolist()

    def equalise(self, variables: Sequence[keras.Variable]) -> None:
        """Give variables the mean of what they are in all workers."""
        if self.worker.count == 1:
            return
        tf = self._tf

        @tf.function
        def means() -> Any:
            return self._strategy.run(
                lambda: tf.distribute.get_replica_context().all_reduce(
                    tf.distribute.ReduceOp.MEAN, [tf.identity(v.value) for v in variables]
                )
            )

        with self._watched():
            for variable, mean in zip(variables, means(), strict=True):
                variable.assign(self._first(mean))

    def _shared(self, array: np.ndarray) -> Any:
        """Divide an array among the replicas of this process."""
        shares = np.split(array, self._local_count)
        return self._strategy.experimental_distribute_values_from_function(
            lambda context: self._tf.constant(
                shares[context.replica_id_in_sync_group % len(shares)]
            )
        )

    def _first(self, value: Any) -> Any:
        """Return what the first replica of this process has computed."""
        return self._strategy.experimental_local_results(value)[0]

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Have an end of other workers, which TensorFlow tells in pages, said in a line."""
        if self._watchdog is None:
            yield
            return
        errors = self._tf.errors
        try:
            with self._watchdog:
                yield
        except (
            errors.AbortedError,
            errors.CancelledError,
            errors.DeadlineExceededError,
            errors.FailedPreconditionError,
            errors.UnavailableError,
        ) as error:
            raise WorkerLostError(
                "another worker has ended or can no longer be reached (what it says itself may "
                "tell why)"
            ) from error
        except errors.UnknownError as error:
            if "gRPC server" not in error.message:
                raise
            raise WorkerLostError(
                "the port that TF_CONFIG gives this worker cannot be listened on; another process "
                "may use it"
            ) from error


def _watchdog() -> Watchdog:
    """Return what ends the process: TensorFlow may wait for ever, and cannot be interrupted."""
    return Watchdog(
        PATIENCE_SECONDS,
        f"{Path(sys.argv[0]).name}: error: no answer from the other workers for "
        f"{PATIENCE_SECONDS:g} seconds; once all of them can be reached, start again, with "
        "--run continue where a state was saved",
    )
