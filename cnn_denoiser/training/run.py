"""A training run: from plates to checkpoints."""

from __future__ import annotations

import math
import platform
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_denoiser.checkpoints import (
    TENSORBOARD,
    find_model_folder,
    load_weights,
    read_description,
    remove_run,
    restore_checkpoint,
    save_checkpoint,
    write_options,
)
from cnn_denoiser.image_processing import to_network
from cnn_denoiser.quiet_keras import load_keras
from cnn_denoiser.stop_signals import StopSignals
from cnn_denoiser.training.input_data import Batch, SharpPlates, TrainingPairs, stream_batches
from cnn_denoiser.training.options import TrainingOptions, UsageError
from cnn_denoiser.training.progress import Progress

if TYPE_CHECKING:
    import keras

    from cnn_denoiser.training.monitoring import Monitor


class TrainingError(Exception):
    """The training cannot go on; the message is for people."""


class Training:
    """One run: a network, its optimiser and its log, from a state to `num_iter` batches."""

    def __init__(
        self,
        folder: Path,
        goes_on: bool,
        options: TrainingOptions,
        plates: SharpPlates,
        pretraining_plates: SharpPlates,
    ) -> None:
        """Build the network and, where the run goes on, restore its newest checkpoint.

        Writes nothing yet. Raises `UsageError` and `CheckpointError`.
        """
        load_keras()
        import keras

        from cnn_denoiser.model_definitions import create_model
        from cnn_denoiser.training.costs import COSTS
        from cnn_denoiser.training.optimizers import make_optimizer, make_schedule
        from cnn_denoiser.training.pretraining import is_chain

        self.folder = folder
        self.options = options
        self.pairs = TrainingPairs(plates, options.profile, options.batch_size, options.seed)
        self.pretraining_pairs = replace(self.pairs, plates=pretraining_plates)
        self.network = create_model(options.model, options.seed, options.precision)
        if options.pretraining_batches and not is_chain(self.network):
            raise UsageError(
                f"{options.model} is no chain of layers, which alone can be pretrained; give "
                "--pretraining_batches 0"
            )
        self.schedule = make_schedule(options)
        self.optimizer = make_optimizer(options, self.schedule)
        self.optimizer.build(self.network.trainable_variables)
        # A model of its own around the same layers, so that the network stays uncompiled.
        self.trainer = keras.Model(self.network.inputs, self.network.outputs)
        # XLA compiles convolutions badly for CPUs (a tenth of the speed); JAX knows nothing else.
        jit_compile = keras.backend.backend() == "jax"
        self.trainer.compile(self.optimizer, COSTS[options.cost], jit_compile=jit_compile)
        # What is saved for use: the network itself, or another one that holds the average.
        averages = options.averaging > 0
        self.result = create_model(options.model, options.seed) if averages else self.network
        self.step = 0
        self.saved_step: int | None = None
        self.started_from: dict[str, Any] = {}
        if goes_on:
            self._restore(find_model_folder(folder))
        elif options.weights:
            self._start_from(find_model_folder(Path(options.weights)))

    def _start_from(self, model_folder: Path) -> None:
        """Take over the weights of a trained network."""
        description = read_description(model_folder)
        if description["model"] != self.options.model:
            raise UsageError(
                f"the weights in {model_folder} are of {description['model']}, not of "
                f"{self.options.model}"
            )
        load_weights(model_folder, self.network)
        keys = ("step", "pictures_seen", "weights_sha256")
        self.started_from = {key: description[key] for key in keys if key in description}

    def _restore(self, checkpoint: Path) -> None:
        data = read_description(checkpoint)["data"]
        if data != self._data():
            raise UsageError(
                f"the run was trained on other data ({data}) than there is now ({self._data()}): "
                "pictures were added or removed"
            )
        self.step = restore_checkpoint(checkpoint, self.result, self._state())
        self.started_from = read_description(checkpoint).get("started_from", {})
        self.saved_step = self.step

    def run(self) -> int:
        """Pretrain where the run is new, train, and return the exit code."""
        started = time.monotonic()
        first_step = self.step
        if self.saved_step is None:
            remove_run(self.folder)
        write_options(self.folder, self.options.as_dict())
        self.monitor = _open_monitor(self.folder / TENSORBOARD, self.result, self.step)
        with StopSignals() as signals:
            if self.saved_step is not None or self._pretrain(signals):
                self._save()
                self._train(signals)
                self._save()
        if self.monitor:
            self.monitor.close()
        minutes = (time.monotonic() - started) / 60
        state = "done" if signals.received is None else "stopped"
        kept = "nothing is saved yet" if self.saved_step is None else f"saved in {self.folder}"
        print(
            f"{state} at batch {self.step} ({self.step - first_step} in {minutes:.1f} minutes); "
            f"{kept}",
            file=sys.stderr,
        )
        return signals.exit_code

    def _batches(
        self, pairs: TrainingPairs, start: int, stop: int, signals: StopSignals
    ) -> Iterator[Batch]:
        """Yield batches until they end or a signal asks to stop."""
        try:
            for batch in stream_batches(pairs, start, stop, self.options.workers):
                if signals.received is not None:
                    return
                yield batch
        except BrokenProcessPool:
            # A signal to the whole group of processes ends the workers as well.
            if signals.received is None:
                raise

    def _pretrain(self, signals: StopSignals) -> bool:
        """Pretrain every layer; say whether that came to its end."""
        from cnn_denoiser.training.pretraining import pretrain

        options = self.options
        if not options.pretraining_batches:
            return True
        layers = [layer for layer in self.network.layers if layer.weights]
        total = options.pretraining_batches * len(layers)
        batches = self._batches(self.pretraining_pairs, 0, total, signals)
        done = 0
        with Progress(0, total, "pretraining", options.batch_size) as progress:
            sharp_batches = (to_network(sharp) for _, sharp in batches)
            for layer, number, cost in pretrain(
                self.network, sharp_batches, options.pretraining_batches, options.seed
            ):
                done += 1
                progress.update(cost, layer=layer)
                if self.monitor and number % options.log_every == 0:
                    self.monitor.log_pretraining(layer, number, cost)
        return done == total

    def _train(self, signals: StopSignals) -> None:
        options = self.options
        batches = self._batches(self.pairs, self.step, options.num_iter, signals)
        with Progress(self.step, options.num_iter, "training", options.batch_size) as progress:
            for blurred, sharp in batches:
                rate = float(self.schedule(self.step))
                # Keras averages the cost over all batches since the last reset.
                self.trainer.reset_metrics()
                cost = float(self.trainer.train_on_batch(to_network(blurred), to_network(sharp)))
                if not math.isfinite(cost):
                    raise TrainingError(self._diverged(f"the cost is {cost}"))
                self.step += 1
                progress.update(cost, rate=f"{rate:.2g}")
                if self.monitor and self.step % options.log_every == 0:
                    self._average()
                    self.monitor.log(self.step, cost, rate, blurred[0], sharp[0])
                if self.step % options.save_every == 0:
                    self._save()

    def _save(self) -> None:
        if self.step == self.saved_step:
            return
        if not all(np.isfinite(weights).all() for weights in self.network.get_weights()):
            raise TrainingError(self._diverged("weights are no longer finite"))
        options = self.options.as_dict()
        # Where the plates lie is nobody's business who is given the weights.
        paths = ("data", "pretraining_data", "weights")
        recipe = {name: value for name, value in options.items() if name not in paths}
        description = {
            "step": self.step,
            # All that these weights have seen in their life.
            "pictures_seen": self.step * self.options.batch_size
            + self.started_from.get("pictures_seen", 0),
            "data": self._data(),
            "options": recipe,
            "versions": _versions(),
            **({"started_from": self.started_from} if self.started_from else {}),
        }
        self._average()
        save_checkpoint(self.folder, self.result, self._state(), description)
        self.saved_step = self.step

    def _data(self) -> dict[str, str | int]:
        plates = len(self.pairs.plates) if self.options.data else "synthetic"
        return {"profile": self.options.profile, "plates": plates}

    def _diverged(self, what: str) -> str:
        return (
            f"the training diverged at batch {self.step + 1}: {what}; the last good state is kept "
            f"in {self.folder}; start again with a lower --learning_rate"
        )

    def _average(self) -> None:
        """Bring the network that is saved up to date with the optimiser's running average."""
        if self.result is self.network:
            return
        if self.step == 0:  # no average yet
            self.result.set_weights(self.network.get_weights())
        else:
            self.optimizer.finalize_variable_values(self.result.trainable_variables)

    def _state(self) -> list[keras.Variable]:
        """Return the variables that the next batch depends on, but for those of `result`."""
        dropouts = [layer for layer in self.network.layers if hasattr(layer, "seed_generator")]
        state = [*self.optimizer.variables, *(layer.seed_generator.state for layer in dropouts)]
        return state if self.result is self.network else [*state, *self.network.weights]


def _open_monitor(folder: Path, network: keras.Model, first_step: int) -> Monitor | None:
    """Return the monitor, or None, said once, where tensorboardX is missing."""
    try:
        from cnn_denoiser.training.monitoring import Monitor
    except ModuleNotFoundError as error:
        if error.name != "tensorboardX":
            raise
        print("train.py: tensorboardX is not installed: no TensorBoard log", file=sys.stderr)
        return None
    return Monitor(folder, network, first_step)


def _versions() -> dict[str, str]:
    import keras

    return {
        "python": platform.python_version(),
        "keras": version("keras"),
        "backend": keras.backend.backend(),
        "numpy": np.__version__,
    }
