"""A run of the training command: everything that the loop needs, put together."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import TYPE_CHECKING

from blurrer import Pair
from cnn_denoiser.model_definitions.keras_backend import load_keras
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.provenance import versions
from cnn_denoiser.model_files.run_lock import lock_run
from cnn_denoiser.model_files.run_options import write_options
from cnn_denoiser.model_files.run_removal import remove_run
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.command_line import Request
from cnn_denoiser.training.data.pairs import TrainingPairs
from cnn_denoiser.training.data.stream import stream_batches
from cnn_denoiser.training.data.training_data import TrainingData, open_data
from cnn_denoiser.training.distributed.worker import Worker, WorkerLostError
from cnn_denoiser.training.errors import TrainingError
from cnn_denoiser.training.options import without_paths
from cnn_denoiser.training.resume import Start, check_agreement, find_start, resume
from plumbing.commands.errors import UsageError
from plumbing.commands.notices import printable
from plumbing.commands.signals import StopSignals
from plumbing.pictures.errors import PictureError

if TYPE_CHECKING:
    from cnn_denoiser.training.checkpointing import Checkpointing
    from cnn_denoiser.training.monitoring.monitor import Monitor
    from cnn_denoiser.training.validation import Validation

PICTURES_SHOWN = 3  # side by side in TensorBoard
_log = logging.getLogger(__name__)


def run(request: Request, signals: StopSignals) -> int:
    """Train as requested, and return the exit code.

    Raises `CommandError`s, most of them before Keras is loaded and anything is written, and
    `KeyboardInterrupt` where a signal came before there was anything to save.
    """
    options = request.options
    data = open_data(options)
    signals.check()
    start = find_start(request.folder, request.goes_on, options, data.summary)
    lock = lock_run(request.folder) if options.worker.is_chief else contextlib.nullcontext()
    with lock:
        load_keras()
        signals.check()
        return _Run(request, data, start, signals).run()


class _Run:
    """One run, its network built and brought to where it starts from; nothing is written yet."""

    def __init__(
        self, request: Request, data: TrainingData, start: Start, signals: StopSignals
    ) -> None:
        from cnn_denoiser.training.checkpointing import Checkpointing
        from cnn_denoiser.training.distributed.strategies import open_strategy
        from cnn_denoiser.training.learner import Learner
        from cnn_denoiser.training.pretraining.layerwise import is_chain

        options = self._options = request.options
        self._folder, self._data, self._signals = request.folder, data, signals
        self._worker = options.worker
        self._pairs = TrainingPairs(
            data.plates, options.profile, options.batch_size, options.seed, self._worker
        )
        self._strategy = open_strategy(options.strategy, options.batch_size, self._worker)
        # TensorFlow's cluster has a handler of its own for SIGTERM.
        signals.take_back()
        self._learner = Learner(options, self._strategy)
        if options.pretrains and not is_chain(self._learner.network):
            raise UsageError(
                f"{options.model} is no chain of layers, which alone can be pretrained; give "
                "--pretrain none"
            )
        # The chief first, as it renames damaged checkpoints.
        if not self._worker.is_chief:
            self._strategy.all_gather(0)
            start = find_start(request.folder, request.goes_on, options, data.summary)
        self._resumed = resume(start, self._learner)
        if self._worker.is_chief:
            self._strategy.all_gather(0)
        check_agreement(self._strategy, self._learner.step, options, data.summary)
        self._is_new = not (start.checkpoints or start.pretrained)
        self._checkpointing: Checkpointing = Checkpointing(
            self._folder, self._learner, options, data.summary, versions(), self._resumed,
            self._worker,
        )  # fmt: skip

    def run(self) -> int:
        """Pretrain where that is due, train, and return the exit code."""
        started, first_step = time.monotonic(), self._learner.step
        try:
            if self._worker.is_chief:
                if self._is_new:
                    remove_run(self._folder)
                write_options(self._folder, self._options.as_dict())
            monitor = self._open_monitor() if self._worker.is_chief else None
            if self._resumed.step is not None or self._pretrain(monitor):
                self._train(monitor)
            if monitor:
                monitor.close()
        except (OSError, PictureError, CheckpointError, WorkerLostError) as error:
            hint = "once that is put right, go on with --run continue"
            raise TrainingError(f"{error}; {self._checkpointing.kept()}; {hint}") from error
        except MemoryError as error:
            raise TrainingError(
                f"the memory does not suffice: lower --batch_size; {self._checkpointing.kept()}"
            ) from error
        except BrokenProcessPool as error:
            raise TrainingError(
                "a process that blurs was killed (out of memory?); "
                f"{self._checkpointing.kept()}; go on with --run continue"
            ) from error
        if self._worker.is_chief:
            self._tell(first_step, (time.monotonic() - started) / 60)
        return self._signals.exit_code

    def _pretrain(self, monitor: Monitor | None) -> bool:
        """Pretrain what is left to be; say whether that came to its end."""
        from cnn_denoiser.training.pretraining_phase import pretrain_all

        if not self._options.pretrains:
            return True
        # Every worker pretrains by itself.
        pairs = replace(self._pairs, plates=self._data.pretraining_plates, worker=Worker())
        return pretrain_all(
            self._options, self._learner, self._resumed.pretrained_layers,
            lambda first, stop: self._feed(pairs, first, stop),
            self._checkpointing, monitor, self._strategy,
        )  # fmt: skip

    def _train(self, monitor: Monitor | None) -> None:
        from cnn_denoiser.training.monitoring.progress import Progress
        from cnn_denoiser.training.trainer import Training

        first, stop = self._learner.step, self._options.num_iter
        if first >= stop:
            _log.info("%d batches are trained already: give a higher --num_iter to go on", first)
            return
        if self._learner.share_done >= 1:
            _log.info(
                "%g minutes are trained already: give more --minutes to go on",
                self._options.minutes,
            )
            return
        training = Training(
            self._options, self._learner, self._checkpointing, monitor, self._open_validation(),
            self._resumed.validated,
        )  # fmt: skip
        total = None if self._options.minutes else stop
        with Progress(
            first, total, "training", self._options.batch_size, self._worker.is_chief
        ) as progress:
            training.run(self._feed(self._pairs, first, stop), progress)

    def _feed(self, pairs: TrainingPairs, first: int, stop: int) -> Iterator[Batch]:
        """Yield batches until they end or a signal asks to stop."""
        per_call = self._options.steps_per_call
        try:
            for number, batch in enumerate(
                stream_batches(pairs, first, stop, self._options.workers)
            ):
                # All workers stop at the same batch, whichever of them is asked to; and between
                # two calls, so that a run that goes on makes the calls it would have made.
                if number % per_call == 0:
                    received = max(self._strategy.all_gather(self._signals.received or 0))
                    if received:
                        self._signals.received = received
                        return
                yield batch
        except BrokenProcessPool:
            # A signal to the whole group of processes ends the workers as well.
            if self._signals.received is None:
                raise

    def _open_validation(self) -> Validation | None:
        from cnn_denoiser.training.losses import LOSSES
        from cnn_denoiser.training.validation import Validation

        if self._data.validation is None or not self._worker.is_chief:
            return None
        return Validation(self._data.validation, LOSSES[self._options.loss])

    def _open_monitor(self) -> Monitor | None:
        """Return the monitor, or None, said once, where tensorboardX is missing."""
        try:
            from cnn_denoiser.training.monitoring.monitor import Monitor
        except ModuleNotFoundError as error:
            if error.name != "tensorboardX":
                raise
            _log.info("tensorboardX is not installed: no TensorBoard log")
            return None
        return Monitor(
            self._folder, self._learner.result, self._learner.step,
            without_paths(self._options), self._shown(),
        )  # fmt: skip

    def _shown(self) -> Pair:
        """Return the pictures that TensorBoard shows all along."""
        if validation := self._data.validation:
            return Pair(validation.blurred[:PICTURES_SHOWN], validation.sharp[:PICTURES_SHOWN])
        count = min(PICTURES_SHOWN, len(self._pairs.plates))
        return Pair.stack([self._pairs.pair(0, index) for index in range(count)])

    def _tell(self, first_step: int, minutes: float) -> None:
        step, kept = self._learner.step, self._checkpointing.kept()
        if self._signals.received is not None:
            _log.info(
                "stopped at batch %d (%d in %.1f minutes); %s; go on with --run continue",
                *(step, step - first_step, minutes, kept),
            )
            return
        _log.info(
            "done at batch %d (%d in %.1f minutes); %s", step, step - first_step, minutes, kept
        )
        print(f"to use it: python3 deblur_images.py SRC DST --checkpoint {printable(self._folder)}")
