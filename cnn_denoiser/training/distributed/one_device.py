"""Training on one device."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import numpy as np

from blurrer import Pair
from cnn_denoiser.training.distributed.scaling import frames_to_network
from cnn_denoiser.training.distributed.strategy import Step
from cnn_denoiser.training.distributed.worker import Worker
from cnn_denoiser.training.losses import Loss
from plumbing.pictures.frame import HEIGHT, WIDTH


class OneDevice:
    """One device, with any Keras backend: see `Strategy`."""

    worker = Worker()

    def scope(self) -> AbstractContextManager[object]:
        """Return a context that changes nothing."""
        return nullcontext()

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, loss: Loss
    ) -> Step:
        """Return what learns from batches, a call of the backend for each."""
        # A model of its own around the same layers, so that the network stays uncompiled.
        frames = keras.Input((HEIGHT, WIDTH), dtype="uint8", name="frames")
        trainer = keras.Model(frames, network(frames_to_network(frames)))
        # XLA compiles convolutions badly for CPUs (a tenth of the speed).
        trainer.compile(
            optimizer,
            lambda sharp, deblurred: loss(sharp / 127.5 - 1, deblurred),
            jit_compile=False,
        )

        def step(batches: Sequence[Pair]) -> list[float]:
            losses = []
            for blurred, sharp in batches:
                # Keras averages the loss over all batches since the last reset.
                trainer.reset_metrics()
                losses.append(float(trainer.train_on_batch(blurred, sharp[..., np.newaxis])))
            return losses

        return step

    def all_gather(self, number: int) -> list[int]:
        """Return the number: there is nobody else."""
        return [number]

    def equalise(self, variables: Sequence[keras.Variable]) -> None:
        """Do nothing: there is nobody else."""


class JaxDevice(OneDevice):
    """One device with JAX: several batches are learned from in one call."""

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, loss: Loss
    ) -> Step:
        """Return what learns from batches, all of them in a call."""
        import jax

        variables = (
            network.trainable_variables,
            network.non_trainable_variables,
            optimizer.variables,
        )

        def loss_of(trainable: Any, others: Any, pair: Pair) -> Any:
            blurred, sharp = map(frames_to_network, pair)
            deblurred, others = network.stateless_call(trainable, others, blurred, training=True)
            return loss(sharp, deblurred), others

        def learn(state: Any, pair: Pair) -> Any:
            trainable, others, of_optimizer = state
            (value, others), gradients = jax.value_and_grad(loss_of, has_aux=True)(
                trainable, others, pair
            )
            trainable, of_optimizer = optimizer.stateless_apply(of_optimizer, gradients, trainable)
            return (trainable, others, of_optimizer), value

        # The state is changed in place on the device.
        learn_all = jax.jit(
            lambda state, pairs: jax.lax.scan(learn, state, pairs), donate_argnums=0
        )

        def step(batches: Sequence[Pair]) -> list[float]:
            state = tuple([variable.value for variable in part] for part in variables)
            # Put together on the device, so that nothing is copied twice.
            sides: Any = [jax.numpy.stack(side) for side in zip(*batches, strict=True)]
            state, losses = learn_all(state, Pair(*sides))
            for part, values in zip(variables, state, strict=True):
                for variable, value in zip(part, values, strict=True):
                    variable.assign(value)
            return np.asarray(losses).tolist()

        return step
