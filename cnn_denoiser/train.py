"""Train a network to deblur licence plates; see --help and the README."""

from __future__ import annotations

import math
import platform
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ in ("__main__", "__mp_main__"):
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import numpy as np

from cnn_denoiser.checkpoints import (
    TENSORBOARD,
    CheckpointError,
    find_model_folder,
    remove_run,
    restore_checkpoint,
    save_checkpoint,
    write_options,
)
from cnn_denoiser.image_files import PictureError
from cnn_denoiser.image_processing import to_network
from cnn_denoiser.input_data import (
    MixedPlates,
    SharpPlates,
    SyntheticPlates,
    TrainingPairs,
    open_folders,
    stream_batches,
)
from cnn_denoiser.progress import Progress
from cnn_denoiser.quiet_keras import load_keras
from cnn_denoiser.stop_signals import StopSignals
from cnn_denoiser.training_options import TrainingOptions, UsageError, read_command_line

if TYPE_CHECKING:
    import keras

    from cnn_denoiser.monitoring import Monitor


class TrainingError(Exception):
    """The training cannot go on; the message is for people."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    try:
        folder, goes_on, options = read_command_line(arguments)
        plates = _open_plates(options.data, options)
        pretraining_plates = (
            _open_plates(options.pretraining_data, options) if options.pretraining_data else plates
        )
    except (UsageError, CheckpointError, PictureError, OSError) as error:
        print(f"train.py: error: {error}", file=sys.stderr)
        return 2
    try:
        if not goes_on:
            remove_run(folder)
        write_options(folder, options.as_dict())
        return Training(folder, goes_on, options, plates).run(pretraining_plates)
    except BrokenProcessPool:
        print(
            "train.py: error: a process that blurs was killed (out of memory?); go on from the "
            "last saved state with --run continue",
            file=sys.stderr,
        )
        return 1
    except (TrainingError, CheckpointError, PictureError, OSError) as error:
        print(f"train.py: error: {error}", file=sys.stderr)
        return 1


def _open_plates(folders: tuple[str, ...], options: TrainingOptions) -> SharpPlates:
    """Return the plates of some folders, or synthetic ones where none are named."""
    if not folders:
        return SyntheticPlates()
    plates = open_folders(
        [Path(folder) for folder in folders],
        lambda path, reason: print(f"train.py: skipped {path}: {reason}", file=sys.stderr),
    )
    if len(plates) < options.batch_size:
        raise UsageError(
            f"{len(plates)} readable pictures are too few for a batch of {options.batch_size}: "
            "add pictures or lower --batch_size"
        )
    return MixedPlates(plates, options.synthetic_share) if options.synthetic_share else plates


class Training:
    """One run: a network, its optimiser and its log, from a state to `num_iter` batches."""

    def __init__(
        self, folder: Path, goes_on: bool, options: TrainingOptions, plates: SharpPlates
    ) -> None:
        """Build the network and, where the run goes on, restore its newest checkpoint."""
        load_keras()
        import keras

        from cnn_denoiser.costs import COSTS
        from cnn_denoiser.model_definitions import create_model
        from cnn_denoiser.optimizers import make_optimizer, make_schedule

        self.folder = folder
        self.options = options
        self.pairs = TrainingPairs(plates, options.profile, options.batch_size, options.seed)
        self.network = create_model(options.model, options.seed)
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
        if goes_on:
            self.step = restore_checkpoint(find_model_folder(folder), self.result, self._state())
            self.saved_step = self.step
        self.monitor = _open_monitor(folder / TENSORBOARD, self.result, self.step)

    def run(self, pretraining_plates: SharpPlates) -> int:
        """Pretrain where the run is new, train, and return the exit code."""
        started = time.monotonic()
        first_step = self.step
        with StopSignals() as signals:
            if self.saved_step is None and self.options.pretraining_batches:
                self._pretrain(pretraining_plates, signals)
            if signals.received is None:
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

    def _pretrain(self, plates: SharpPlates, signals: StopSignals) -> None:
        from cnn_denoiser.pretraining import is_chain, pretrain

        options = self.options
        if not is_chain(self.network):
            raise TrainingError(
                f"{options.model} is no chain of layers, which alone can be pretrained; give "
                "--pretraining_batches 0"
            )
        pairs = TrainingPairs(plates, options.profile, options.batch_size, options.seed)
        layers = [layer for layer in self.network.layers if layer.weights]
        total = options.pretraining_batches * len(layers)
        batches = stream_batches(pairs, 0, total, options.workers)
        with Progress(0, total, "pretraining", options.batch_size) as progress:
            sharp_batches = (to_network(sharp) for _, sharp in batches)
            for layer, number, cost in pretrain(
                self.network, sharp_batches, options.pretraining_batches, options.seed
            ):
                progress.update(cost, layer=layer)
                if self.monitor and number % options.log_every == 0:
                    self.monitor.log_pretraining(layer, number, cost)
                if signals.received is not None:
                    break

    def _train(self, signals: StopSignals) -> None:
        options = self.options
        batches = stream_batches(self.pairs, self.step, options.num_iter, options.workers)
        with Progress(self.step, options.num_iter, "training", options.batch_size) as progress:
            for blurred, sharp in batches:
                if signals.received is not None:
                    break
                rate = float(self.schedule(self.step))
                # Keras averages the cost over all batches since the last reset.
                self.trainer.reset_metrics()
                cost = float(self.trainer.train_on_batch(to_network(blurred), to_network(sharp)))
                if not math.isfinite(cost):
                    raise TrainingError(
                        f"the cost of batch {self.step + 1} is {cost}: the last good state is "
                        "kept; try a lower --learning_rate"
                    )
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
        options = self.options.as_dict()
        # Where the plates lie is nobody's business who is given the weights.
        recipe = {k: v for k, v in options.items() if k not in ("data", "pretraining_data")}
        plates = len(self.pairs.plates) if self.options.data else "synthetic"
        description = {
            "step": self.step,
            "pictures_seen": self.step * self.options.batch_size,
            "data": {"profile": self.options.profile, "plates": plates},
            "options": recipe,
            "versions": _versions(),
        }
        self._average()
        save_checkpoint(self.folder, self.result, self._state(), description)
        self.saved_step = self.step

    def _average(self) -> None:
        """Bring the network that is saved up to date with the optimiser's running average."""
        if self.result is not self.network and self.step > 0:
            self.optimizer.finalize_variable_values(self.result.trainable_variables)

    def _state(self) -> list[keras.Variable]:
        """Return the variables that the next batch depends on, but for those of `result`."""
        dropouts = [layer for layer in self.network.layers if hasattr(layer, "seed_generator")]
        state = [*self.optimizer.variables, *(layer.seed_generator.state for layer in dropouts)]
        return state if self.result is self.network else [*state, *self.network.weights]


def _open_monitor(folder: Path, network: keras.Model, first_step: int) -> Monitor | None:
    """Return the monitor, or None, said once, where tensorboardX is missing."""
    try:
        from cnn_denoiser.monitoring import Monitor
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


if __name__ == "__main__":
    sys.exit(main())
