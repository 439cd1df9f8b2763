"""A training run: from plates to checkpoints."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blurrer import Pair
from cnn_denoiser.frames import to_network
from cnn_denoiser.model_definitions.keras_backend import load_keras
from cnn_denoiser.model_files.model_folder import (
    CheckpointError,
    read_description,
    verified_weights,
)
from cnn_denoiser.model_files.provenance import versions
from cnn_denoiser.model_files.run_folder import (
    TENSORBOARD,
    find_best,
    remove_run,
    save_best,
    save_checkpoint,
    write_options,
)
from cnn_denoiser.training.data.pairs import TrainingPairs
from cnn_denoiser.training.data.stream import stream_batches
from cnn_denoiser.training.data.training_data import TrainingData
from cnn_denoiser.training.distributed.worker import Worker, WorkerLostError
from cnn_denoiser.training.messages import say
from cnn_denoiser.training.monitoring.progress import Progress, Throughput
from cnn_denoiser.training.options import TrainingOptions, UsageError, recipe
from cnn_denoiser.training.resume import check_agreement, find_start
from cnn_denoiser.training.validation import Validation
from plumbing.commands.signals import StopSignals

if TYPE_CHECKING:
    from cnn_denoiser.training.monitoring.monitor import Monitor

PICTURES_SHOWN = 3  # side by side in TensorBoard


class TrainingError(Exception):
    """The training cannot go on; the message is for people."""


class Training:
    """One run: a learner, its data and its log, from a state to `num_iter` batches."""

    def __init__(
        self, folder: Path, goes_on: bool, options: TrainingOptions, data: TrainingData
    ) -> None:
        """Build the network and, where the run goes on, restore its newest good checkpoint.

        Writes nothing yet, but for renaming damaged checkpoints. Raises `UsageError` and
        `CheckpointError`, most of them before Keras is loaded.
        """
        self.folder = folder
        self.options = options
        self.data = data
        self.worker = options.worker
        self.pairs = TrainingPairs(
            data.plates, options.profile, options.batch_size, options.seed, self.worker
        )
        # Every worker pretrains by itself.
        self.pretraining_pairs = replace(
            self.pairs, plates=data.pretraining_plates, worker=Worker()
        )
        self.validation: Validation | None = None
        self.start = find_start(folder, goes_on, options, data.summary)
        load_keras()
        self.versions = versions()

        from cnn_denoiser.training.distributed.strategies import open_strategy
        from cnn_denoiser.training.learner import Learner
        from cnn_denoiser.training.pretraining.layerwise import is_chain

        self.strategy = open_strategy(options, self.worker)
        self.learner = Learner(options, self.strategy)
        if options.pretrains and not is_chain(self.learner.network):
            raise UsageError(
                f"{options.model} is no chain of layers, which alone can be pretrained; give "
                "--pretrain none"
            )
        # The chief first, as it renames damaged checkpoints.
        if not self.worker.is_chief:
            self.strategy.ask_all(0)
            self.start = find_start(folder, goes_on, options, data.summary)
        self.start.bring_to(self.learner)
        if self.worker.is_chief:
            self.strategy.ask_all(0)
        check_agreement(self.strategy, self.learner.step, options, data.summary)
        self.saved_step = self.learner.step if self.start.checkpoints else None
        self.validated = self.start.validated  # the figures of the last validation, and its step

    def run(self) -> int:
        """Pretrain where the run is new, train, and return the exit code."""
        started = time.monotonic()
        first_step = self.learner.step
        try:
            if self.worker.is_chief:
                if self.saved_step is None:
                    remove_run(self.folder)
                write_options(self.folder, self.options.as_dict())
            self.monitor = self._open_monitor() if self.worker.is_chief else None
            with StopSignals() as signals:
                if self.saved_step is not None or self._pretrain(signals):
                    self._save()
                    self._train(signals)
                    self._save()
            if self.monitor:
                self.monitor.close()
        except (OSError, CheckpointError, WorkerLostError) as error:
            hint = "once that is put right, go on with --run continue"
            raise TrainingError(f"{error}; {self._kept()}; {hint}") from error
        if not self.worker.is_chief:
            return signals.exit_code
        step = self.learner.step
        minutes = (time.monotonic() - started) / 60
        state = "done" if signals.received is None else "stopped"
        print(
            f"{state} at batch {step} ({step - first_step} in {minutes:.1f} minutes); "
            f"{self._kept()}",
            file=sys.stderr,
        )
        return signals.exit_code

    def _batches(
        self, pairs: TrainingPairs, start: int, stop: int, signals: StopSignals
    ) -> Iterator[Pair]:
        """Yield batches until they end or a signal asks to stop."""
        try:
            for batch in stream_batches(pairs, start, stop, self.options.workers):
                # All workers stop at the same batch, whichever of them is asked to.
                received = max(self.strategy.ask_all(signals.received or 0))
                if received:
                    signals.received = received
                    return
                yield batch
        except BrokenProcessPool:
            # A signal to the whole group of processes ends the workers as well.
            if signals.received is None:
                raise

    def _pretrain(self, signals: StopSignals) -> bool:
        """Pretrain every layer; say whether that came to its end."""
        from cnn_denoiser.training.pretraining.layerwise import pretrain

        options, network = self.options, self.learner.network
        if not options.pretrains:
            return True
        layers = [layer for layer in network.layers if layer.weights]
        total = options.pretraining_batches * len(layers)
        batches = self._batches(self.pretraining_pairs, 0, total, signals)
        done = 0
        with Progress(
            0, total, "pretraining", options.batch_size, self.worker.is_chief
        ) as progress:
            sharp_batches = (to_network(sharp) for _, sharp in batches)
            for layer, number, cost in pretrain(
                network,
                sharp_batches,
                options.pretraining_batches,
                options.seed,
                options.pretrain,
            ):
                done += 1
                progress.update(cost, layer=layer)
                if self.monitor and number % options.log_every == 0:
                    self.monitor.log_pretraining(layer, number, cost)
        if self.monitor:
            for pretrained in layers:
                self.monitor.log_filters(pretrained, options.pretraining_batches)
        self.strategy.equalise(network.weights)
        return done == total

    def _train(self, signals: StopSignals) -> None:
        options, learner = self.options, self.learner
        if learner.step >= options.num_iter:
            say(f"{learner.step} batches are trained already: give a higher --num_iter to go on")
            return
        batches = self._batches(self.pairs, learner.step, options.num_iter, signals)
        throughput = Throughput(options.batch_size)
        with Progress(
            learner.step, options.num_iter, "training", options.batch_size, self.worker.is_chief
        ) as progress:
            for blurred, sharp in throughput.timed(batches):
                rate = learner.learning_rate
                cost = learner.learn(blurred, sharp)
                if not math.isfinite(cost):
                    raise TrainingError(self._diverged(f"the cost is {cost}"))
                shown = {"PSNR": f"{self.validated['psnr']:.2f}"} if self.validated else {}
                progress.update(cost, **shown, learning_rate=f"{rate:.2g}")
                is_last = learner.step == options.num_iter
                is_due = learner.step == 1 or learner.step % options.log_every == 0
                if self.monitor and (is_due or is_last):
                    self._check_weights()
                    learner.average()
                    scalars = {"cost": cost, "learning_rate": rate} | throughput.take()
                    self.monitor.log(learner.step, scalars)
                if learner.step % options.validate_every == 0 or is_last:
                    self._validate()
                if learner.step % options.save_every == 0:
                    self._save()

    def _validate(self) -> None:
        """Measure the network, and keep it where it is the best so far."""
        if self.data.validation is None or not self.worker.is_chief:
            return
        if self.validation is None:
            from cnn_denoiser.training.losses import COSTS

            self.validation = Validation(self.data.validation, COSTS[self.options.cost])
        learner = self.learner
        self._check_weights()
        learner.average()
        figures = self.validation.validate(learner.result)
        self.validated = {"step": learner.step, **figures}
        if self.monitor:
            self.monitor.log_validation(learner.step, figures, self.validation.blurred)
        if figures["psnr"] > self._best_psnr():
            save_best(self.folder, learner.result, self._description())

    def _best_psnr(self) -> float:
        """Return the PSNR of the weights kept as the best; they may be of a stretch lost since."""
        best = find_best(self.folder)
        try:
            if best and verified_weights(best):
                return float(read_description(best)["validation"]["psnr"])
        except (CheckpointError, KeyError, TypeError, ValueError) as error:
            say(f"warning: {best} is damaged and will be replaced: {error}")
        return -math.inf

    def _save(self) -> None:
        if self.learner.step == self.saved_step:
            return
        self._check_weights()
        if not self.worker.is_chief:
            return
        self.learner.average()
        description = self._description()
        save_checkpoint(self.folder, self.learner.result, self.learner.state, description)
        self.saved_step = self.learner.step

    def _description(self) -> dict[str, Any]:
        """Return what is recorded beside weights: what they have seen, and with what figures."""
        step = self.learner.step
        return {
            "step": step,
            # All that these weights have seen in their life.
            "pictures_seen": step * self.options.batch_size
            + self.start.started_from.get("pictures_seen", 0),
            "data": self.data.summary,
            "options": recipe(self.options),
            "versions": self.versions,
            **({"validation": self.validated} if self.validated else {}),
            **({"started_from": self.start.started_from} if self.start.started_from else {}),
        }

    def _check_weights(self) -> None:
        if not self.learner.is_finite:
            raise TrainingError(self._diverged("weights are no longer finite"))

    def _diverged(self, what: str) -> str:
        return (
            f"the training diverged at batch {self.learner.step}: {what}; {self._kept()}; start "
            "again with a lower --learning_rate"
        )

    def _kept(self) -> str:
        if not self.worker.is_chief:
            return f"the chief keeps the state in {self.folder}"
        if self.saved_step is None:
            return "nothing is saved yet"
        return f"the state of batch {self.saved_step} is saved in {self.folder}"

    def _open_monitor(self) -> Monitor | None:
        """Return the monitor, or None, said once, where tensorboardX is missing."""
        try:
            from cnn_denoiser.training.monitoring.monitor import Monitor
        except ModuleNotFoundError as error:
            if error.name != "tensorboardX":
                raise
            say("tensorboardX is not installed: no TensorBoard log")
            return None
        step, result = self.learner.step, self.learner.result
        hyperparameters = recipe(self.options)
        return Monitor(self.folder / TENSORBOARD, result, step, hyperparameters, *self._shown())

    def _shown(self) -> Pair:
        """Return the pictures that TensorBoard shows all along."""
        if self.data.validation:
            pictures = self.data.validation
            return Pair(pictures.blurred[:PICTURES_SHOWN], pictures.sharp[:PICTURES_SHOWN])
        count = min(PICTURES_SHOWN, len(self.pairs.plates))
        return Pair.stack([self.pairs.pair(0, index) for index in range(count)])
