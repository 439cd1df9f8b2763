"""The saved states of a run: when there is something to save, and what is recorded with it."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Any

from cnn_denoiser.model_files.model_folder import (
    CheckpointError,
    read_description,
    verified_weights,
)
from cnn_denoiser.model_files.run_folder import (
    find_best,
    save_best,
    save_checkpoint,
    save_pretrained,
)
from cnn_denoiser.model_files.run_removal import remove_pretrained
from cnn_denoiser.training.distributed.worker import Worker
from cnn_denoiser.training.errors import TrainingError
from cnn_denoiser.training.learner import Learner
from cnn_denoiser.training.options import TrainingOptions, without_paths
from cnn_denoiser.training.resume import Resumed

_log = logging.getLogger(__name__)


class Checkpointing:
    """Saves the states of a learner in a run folder; in the chief alone.

    saved_step: the batch of the newest saved state; None where there is none.
    """

    def __init__(
        self,
        folder: Path,
        learner: Learner,
        options: TrainingOptions,
        data: dict[str, Any],
        versions: dict[str, str],
        resumed: Resumed,
        worker: Worker,
    ) -> None:
        """Take what is saved; `data` is the summary of the run's data. Writes nothing."""
        self._folder, self._learner, self._worker = folder, learner, worker
        self._batch_size = options.batch_size
        self._started_from = resumed.started_from
        self._facts = {
            "settings": options.settings,
            "data": data,
            "options": without_paths(options),
            "versions": versions,
        }
        self._pretrained_layers = resumed.pretrained_layers
        self.saved_step = resumed.step

    def save(self, validated: dict[str, Any]) -> None:
        """Save the state, unless that is done; `validated` is the last validation's record.

        Raises `CheckpointError` where it cannot be written, `TrainingError` where a weight is not
        finite.
        """
        learner = self._learner
        if learner.step == self.saved_step:
            return
        self.check_weights()
        if not self._worker.is_chief:
            return
        learner.average()
        save_checkpoint(self._folder, learner.result, learner.state, self._describe(validated))
        remove_pretrained(self._folder)
        self.saved_step = learner.step

    def save_pretrained(self, layers: int) -> None:
        """Save the network, whose first `layers` layers are pretrained."""
        if self._worker.is_chief:
            save_pretrained(self._folder, self._learner.network, layers, self._describe({}))
        self._pretrained_layers = layers

    def keep_if_best(self, validated: dict[str, Any]) -> None:
        """Save the averaged network as the best, where its PSNR is the highest so far."""
        if validated["psnr"] > self._best_psnr():
            save_best(self._folder, self._learner.result, self._describe(validated))

    def check_weights(self) -> None:
        """Raise `TrainingError` where a weight is not finite."""
        if not self._learner.is_finite:
            raise self.diverged("weights are no longer finite")

    def diverged(self, what: str) -> TrainingError:
        """Return the error of a training that diverged."""
        return TrainingError(
            f"the training diverged at batch {self._learner.step}: {what}; {self.kept()}; start "
            "again with a lower --learning_rate"
        )

    def kept(self) -> str:
        """Say what is saved, and where."""
        if not self._worker.is_chief:
            return f"the chief keeps the state in {self._folder}"
        if self.saved_step is not None:
            return f"the state of batch {self.saved_step} is saved in {self._folder}"
        if self._pretrained_layers:
            return f"{self._pretrained_layers} pretrained layers are saved in {self._folder}"
        return "nothing is saved yet"

    def _best_psnr(self) -> float:
        """Return the PSNR of the weights kept as the best; they may be of a stretch lost since."""
        best = find_best(self._folder)
        try:
            if best and verified_weights(best):
                return float(read_description(best).validation["psnr"])
        except (CheckpointError, KeyError) as error:
            _log.warning("%s is damaged and will be replaced: %s", best, error)
        return -math.inf

    def _describe(self, validated: dict[str, Any]) -> dict[str, Any]:
        """Return what is recorded beside weights: what they have seen, and with what figures."""
        step = self._learner.step
        seen_before = self._started_from.get("pictures_seen", 0)
        return {
            **self._facts,
            "step": step,
            "pictures_seen": step * self._batch_size + seen_before,
            "validation": validated,
            "started_from": self._started_from,
        }
