"""Training on one device."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import numpy as np

from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.distributed.scaling import frames_to_network
from cnn_denoiser.training.distributed.strategy import Step
from cnn_denoiser.training.distributed.worker import Worker
from cnn_denoiser.training.losses import Objective, cross_entropy
from plumbing.pictures.frame import HEIGHT, WIDTH


class OneDevice:
    """One device, with any Keras backend: see `Strategy`."""

    worker = Worker()

    def scope(self) -> AbstractContextManager[object]:
        """Return a context that changes nothing."""
        return nullcontext()

    def make_step(
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, objective: Objective
    ) -> Step:
        """Return what learns from batches, a call of the backend for each."""
        # A model of its own around the same layers, so that the network stays uncompiled.
        frames = keras.Input((HEIGHT, WIDTH), dtype="uint8", name="frames")
        outputs = keras.tree.flatten(network(frames_to_network(frames)))
        trainer = keras.Model(frames, outputs)

        def loss_of_picture(sharp: Any, deblurred: Any) -> Any:
            return objective.picture(sharp / 127.5 - 1, deblurred)

        # XLA compiles convolutions badly for CPUs (a tenth of the speed).
        trainer.compile(
            optimizer,
            [loss_of_picture, cross_entropy][: len(outputs)],
            [1.0, objective.reading_weight][: len(outputs)],
            jit_compile=False,
        )

        def step(batches: Sequence[Batch], rates: Sequence[float]) -> list[float]:
            losses = []
            for (blurred, sharp, characters), rate in zip(batches, rates, strict=True):
                optimizer.learning_rate = rate
                # Keras averages the loss over all batches since the last reset.
                trainer.reset_metrics()
                targets = [sharp[..., np.newaxis], characters][: len(outputs)]
                figures = trainer.train_on_batch(blurred, targets, return_dict=True)
                losses.append(float(figures["loss"]))
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
        self, network: keras.Model, optimizer: keras.optimizers.Optimizer, objective: Objective
    ) -> Step:
        """Return what learns from batches, all of them in a call."""
        import jax

        variables = (
            network.trainable_variables,
            network.non_trainable_variables,
            optimizer.variables,
        )

        def loss_of(trainable: Any, others: Any, batch: Batch) -> Any:
            blurred, sharp = map(frames_to_network, (batch.blurred, batch.sharp))
            outputs, others = network.stateless_call(trainable, others, blurred, training=True)
            return objective(sharp, batch.characters, outputs), others

        place = [variable.name for variable in optimizer.variables].index("learning_rate")

        def learn(state: Any, batch_and_rate: tuple[Batch, Any]) -> Any:
            batch, rate = batch_and_rate
            trainable, others, of_optimizer = state
            of_optimizer = [*of_optimizer[:place], rate, *of_optimizer[place + 1 :]]
            (value, others), gradients = jax.value_and_grad(loss_of, has_aux=True)(
                trainable, others, batch
            )
            trainable, of_optimizer = optimizer.stateless_apply(of_optimizer, gradients, trainable)
            return (trainable, others, of_optimizer), value

        # The state is changed in place on the device.
        learn_all = jax.jit(
            lambda state, batches: jax.lax.scan(learn, state, batches), donate_argnums=0
        )

        def step(batches: Sequence[Batch], rates: Sequence[float]) -> list[float]:
            state = tuple([variable.value for variable in part] for part in variables)
            # Put together on the device, so that nothing is copied twice.
            arrays: Any = [jax.numpy.stack(one) for one in zip(*batches, strict=True)]
            state, losses = learn_all(state, (Batch(*arrays), np.asarray(rates, np.float32)))
            for part, values in zip(variables, state, strict=True):
                for variable, value in zip(part, values, strict=True):
                    variable.assign(value)
            return np.asarray(losses).tolist()

        return step
