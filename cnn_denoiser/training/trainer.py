"""The loop of a training: batch after batch, with validation, log and saved states on the way."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Iterable, Iterator
from typing import Any

from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.checkpointing import Checkpointing
from cnn_denoiser.training.learner import Learner
from cnn_denoiser.training.monitoring.monitor import Monitor
from cnn_denoiser.training.monitoring.progress import Progress, Throughput
from cnn_denoiser.training.options import TrainingOptions
from cnn_denoiser.training.validation import Validation

VALIDATED_TWICE = 1000  # batches while the weights are validated with and without averaging
_log = logging.getLogger(__name__)


class Training:
    """Has a learner learn from batches until they end."""

    def __init__(
        self,
        options: TrainingOptions,
        learner: Learner,
        checkpointing: Checkpointing,
        monitor: Monitor | None,
        validation: Validation | None,
        validated: dict[str, Any],
    ) -> None:
        """Take the parts; `validated` holds the figures of the last validation, and its step."""
        self._options = options
        self._learner = learner
        self._checkpointing = checkpointing
        self._monitor = monitor
        self._validation = validation
        self._validated = validated
        self._throughput = Throughput(options.batch_size)

    def run(self, batches: Iterable[Batch], progress: Progress) -> None:
        """Learn from the batches, and save the state before the first and after the last.

        Raises `TrainingError` where the loss or a weight is no longer finite, `CheckpointError`
        where a state cannot be saved, and `WorkerLostError`.
        """
        self._checkpointing.save(self._validated)
        self._learner.clock.start()
        for call in _calls(self._throughput.timed(batches), self._options.steps_per_call):
            rate, dropout = self._learner.learning_rate, self._learner.dropout
            for loss in self._learner.learn(call):
                if not math.isfinite(loss):
                    raise self._checkpointing.diverged(f"the loss is {loss}")
                shown = {"PSNR": f"{psnr:.2f}"} if (psnr := self._validated.get("psnr")) else {}
                if self._options.minutes:
                    shown["minutes_done"] = f"{self._learner.clock.share:.0%}"
                progress.update(loss, **shown, learning_rate=f"{rate:.2g}")
            self._learner.clock.tick()
            scalars = {"loss": loss, "learning_rate": rate, "dropout": dropout}
            is_last = self._learner.share_done >= 1
            self._do_what_is_due(len(call), is_last, scalars)
            if is_last:
                break
        self._checkpointing.save(self._validated)

    def _do_what_is_due(self, batches: int, is_last: bool, scalars: dict[str, float]) -> None:
        """Log, validate and save where that is due at one of the last batches."""
        options, step = self._options, self._learner.step

        def is_due(every: int) -> bool:
            return is_last or step // every > (step - batches) // every

        if self._monitor and (is_due(options.log_every) or step == batches):
            self._checkpointing.check_weights()
            self._learner.average()
            self._monitor.log(step, scalars | self._throughput.take())
        if self._validation and is_due(options.validate_every):
            self._validate(self._validation)
        if is_due(options.save_every):
            self._checkpointing.save(self._validated)

    def _validate(self, validation: Validation) -> None:
        """Measure the averaged network, and keep it where it is the best so far.

        Early on the network as it is is measured, too: an average that lags would be seen.
        """
        learner = self._learner
        self._checkpointing.check_weights()
        learner.average()
        figures = validation.validate(learner.result)
        self._validated = {"step": learner.step, **figures}
        unaveraged = None
        if learner.result is not learner.network and learner.step <= VALIDATED_TWICE:
            unaveraged = validation.validate(learner.network)
        words = _in_words(figures)
        if unaveraged is not None:
            words += f"; without the running average: {_in_words(unaveraged)}"
        _log.info("validation at batch %d: %s", learner.step, words)
        if self._monitor:
            self._monitor.log_validation(learner.step, figures, validation.blurred, unaveraged)
        self._checkpointing.keep_if_best(self._validated)


def _in_words(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in figures.items())


def _calls(batches: Iterator[Batch], count: int) -> Iterator[list[Batch]]:
    """Yield so many batches at once, and at the end what is left."""
    while call := list(itertools.islice(batches, count)):
        yield call
