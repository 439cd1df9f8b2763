"""How a training is spread: over one device, the devices of one machine, or several machines.

Every replica of the network learns from its share of each batch. Costs and gradients are averaged
over the replicas before anything else is done with them, so that the weights are those of one
device and the whole batch, but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

import keras
import numpy as np

from cnn_denoiser.training.distributed.watchdog import Patience
from cnn_denoiser.training.distributed.worker import Worker, WorkerLostError, meet
from cnn_denoiser.training.options import TrainingOptions, UsageError

# How long a worker waits for the others: for the last one to be started, and while the chief
# validates and saves. TensorFlow notices the end of a process at once, and in about a minute that
# one no longer answers; this is for what it does not notice, such as one lost while they connect.
PATIENCE_SECONDS = 600

Step = Callable[[np.ndarray, np.ndarray], float]


class Strategy(Protocol):
    """What a training asks of the devices that it runs on."""

    worker: Worker

    def scope(self) -> AbstractContextManager[object]:
        """Return a context; what is built in it is the same on every device."""

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, cost: Any
    ) -> Step:
        """Return a function that learns from a batch, and returns its cost.

        It takes this process's share of (blurred, sharp), float32 `(N, 90, 270, 1)`. `cost` as
        `keras.losses.get` understands it. Raises `WorkerLostError`.
        """

    def ask_all(self, number: int) -> list[int]:
        """Wait for all workers, and return what each of them gave; raises `WorkerLostError`."""

    def equalise(self, variables: Sequence[keras.Variable]) -> None:
        """Give variables the mean of what they are in all workers; raises `WorkerLostError`."""


class OneDevice:
    """One device, with any Keras backend."""

    worker = Worker()

    def scope(self) -> AbstractContextManager[object]:
        """Return a context that changes nothing."""
        return nullcontext()

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, cost: Any
    ) -> Step:
        """Return a function that learns from a batch, and returns its cost."""
        # A model of its own around the same layers, so that the network stays uncompiled.
        trainer = keras.Model(network.inputs[0], network.outputs[0])
        # XLA compiles convolutions badly for CPUs (a tenth of the speed); JAX knows nothing else.
        trainer.compile(optimizer, cost, jit_compile=keras.backend.backend() == "jax")

        def step(blurred: np.ndarray, sharp: np.ndarray) -> float:
            # Keras averages the cost over all batches since the last reset.
            trainer.reset_metrics()
            return float(trainer.train_on_batch(blurred, sharp))

        return step

    def ask_all(self, number: int) -> list[int]:
        """Return the number: there is nobody else."""
        return [number]

    def equalise(self, variables: Sequence[keras.Variable]) -> None:
        """Do nothing: there is nobody else."""


class Replicas:
    """Devices that learn together, of one machine or of several, by `tf.distribute`.

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
        self._patience = _patience() if worker.count > 1 else None
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
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, cost: Any
    ) -> Step:
        """Return a function that learns from a batch, and returns its cost, the same for all."""
        tf = self._tf
        cost = keras.losses.get(cost)
        variables = network.trainable_variables

        def learn_share(blurred: Any, sharp: Any) -> Any:
            with tf.GradientTape() as tape:
                own_cost = keras.ops.mean(cost(sharp, network(blurred, training=True)))
            gradients = tape.gradient(own_cost, variables)
            replica = tf.distribute.get_replica_context()
            mean_cost, *gradients = replica.all_reduce(
                tf.distribute.ReduceOp.MEAN, [own_cost, *gradients]
            )
            # The optimiser would clip each replica's gradient, and then add them up.
            if optimizer.global_clipnorm:
                gradients, _ = tf.clip_by_global_norm(gradients, optimizer.global_clipnorm)
            optimizer.apply([gradient / self.count for gradient in gradients], variables)
            return mean_cost

        @tf.function
        def learn(blurred: Any, sharp: Any) -> Any:
            return self._strategy.run(learn_share, (blurred, sharp))

        def step(blurred: np.ndarray, sharp: np.ndarray) -> float:
            with self._watched():
                return float(self._first(learn(self._shared(blurred), self._shared(sharp))))

        return step

    def ask_all(self, number: int) -> list[int]:
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
        if self._patience is None:
            yield
            return
        errors = self._tf.errors
        try:
            with self._patience:
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


def _patience() -> Patience:
    """Return what ends the process: TensorFlow may wait for ever, and cannot be interrupted."""
    return Patience(
        PATIENCE_SECONDS,
        f"train.py: error: no answer from the other workers for {PATIENCE_SECONDS:g} seconds; once "
        "all of them can be reached, start again, with --run continue where a state was saved",
    )


def open_strategy(options: TrainingOptions, worker: Worker) -> Strategy:
    """Find the devices to train on; raises `UsageError` and `WorkerLostError`."""
    if options.strategy == "single":
        return OneDevice()
    if (backend := keras.backend.backend()) != "tensorflow":
        raise UsageError(
            f"--strategy {options.strategy} needs TensorFlow as the backend of Keras, which is "
            f"{backend} here; leave it out to train on one device"
        )
    replicas = Replicas(worker)
    if options.batch_size % replicas.count:
        raise UsageError(
            f"a batch of {options.batch_size} cannot be divided equally among {replicas.count} "
            "replicas: change --batch_size"
        )
    return replicas
