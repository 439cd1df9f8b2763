"""Where a run starts from: the beginning, trained weights, or a checkpoint of its own."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnn_denoiser.model_files.model_folder import CheckpointError, load_weights, read_description
from cnn_denoiser.model_files.run_folder import (
    find_model_folder,
    list_checkpoints,
    restore_checkpoint,
    set_aside,
)
from cnn_denoiser.training.messages import say
from cnn_denoiser.training.options import CHANGEABLE, TrainingOptions, UsageError, recipe
from plumbing.labels import LABELS

if TYPE_CHECKING:
    from cnn_denoiser.training.distributed.strategies import Strategy
    from cnn_denoiser.training.learner import Learner


@dataclass
class Start:
    """Where a run starts from, and what is on record of that.

    checkpoints:  those to go on from, the newest last; empty for a new run.
    weights:      the model folder whose weights a new run starts from; None for fresh ones.
    started_from: what those weights are, and have seen before; empty for fresh ones.
    validated:    the figures of the last validation, and its step; empty where there was none.
    """

    checkpoints: list[Path] = field(default_factory=list)
    weights: Path | None = None
    started_from: dict[str, Any] = field(default_factory=dict)
    validated: dict[str, Any] = field(default_factory=dict)

    def bring_to(self, learner: Learner) -> None:
        """Put the weights, or the newest whole checkpoint, into a learner.

        Damaged checkpoints are renamed, with a warning. Raises `CheckpointError` where none is
        whole.
        """
        if self.weights:
            load_weights(self.weights, learner.network)
        for checkpoint in reversed(self.checkpoints):
            try:
                learner.step = restore_checkpoint(checkpoint, learner.result, learner.state)
            except CheckpointError as error:
                if checkpoint == self.checkpoints[0]:
                    raise
                aside = set_aside(checkpoint)
                say(f"warning: {error}; it is now {aside.name}, and the one before it is taken")
                continue
            description = read_description(checkpoint)
            self.started_from = description.get("started_from", {})
            self.validated = description.get("validation", {})
            return


def find_start(
    folder: Path, goes_on: bool, options: TrainingOptions, data: dict[str, Any]
) -> Start:
    """Find out where a run starts from, without Keras.

    `data` is the summary of the data there are now. Raises `UsageError` where a run cannot go on
    with those, and where the weights to start from are none or another network's.
    """
    checkpoints = list_checkpoints(folder) if goes_on else []
    if goes_on and not checkpoints:
        say(f"nothing was saved in {folder} yet: the run begins at its beginning")
    if checkpoints:
        _compare_data(checkpoints, data)
        return Start(checkpoints)
    if not options.weights:
        return Start()
    try:
        weights = find_model_folder(Path(options.weights))
        description = read_description(weights)
    except CheckpointError as error:
        raise UsageError(f"--weights: {error}") from error
    if description["model"] != options.model:
        raise UsageError(
            f"the weights in {weights} are of {description['model']}, not of {options.model}"
        )
    keys = ("step", "pictures_seen", "weights_sha256")
    return Start([], weights, {key: description[key] for key in keys if key in description})


def check_agreement(
    strategy: Strategy, step: int, options: TrainingOptions, data: dict[str, Any]
) -> None:
    """Raise `UsageError` in every worker where they would not train the same.

    `data` is the summary of a worker's data.
    """
    steps = strategy.ask_all(step)
    if len(set(steps)) > 1:
        raise UsageError(
            f"the workers would start from different batches ({', '.join(map(str, steps))}): "
            "--output must be one folder that all of them see"
        )
    fixed = {name: value for name, value in recipe(options).items() if name not in CHANGEABLE}
    fixed |= {"num_iter": options.num_iter, "data": data}
    if len(set(strategy.ask_all(zlib.crc32(json.dumps(fixed).encode())))) > 1:
        raise UsageError("the workers were started with different options or on different data")


def _compare_data(checkpoints: list[Path], data: dict[str, Any]) -> None:
    """Raise `UsageError` where the newest readable checkpoint was trained on other data."""
    for checkpoint in reversed(checkpoints):
        try:
            before = read_description(checkpoint).get("data", {})
        except CheckpointError:  # damaged, which is said when it is restored
            continue
        # A checkpoint of an earlier version may tell less.
        now = {name: data.get(name) for name in before}
        if before != now:
            raise UsageError(
                f"the run was trained on other data ({before}) than there is now ({now}): "
                f"pictures were added or removed, or the texts of a {LABELS}"
            )
        return
