"""Where a run starts from: the beginning, trained weights, its pretraining, or a checkpoint."""

from __future__ import annotations

import json
import logging
import math
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.model_files.model_folder import CheckpointError, load_weights, read_description
from cnn_denoiser.model_files.run_folder import (
    STATE,
    find_model_folder,
    find_pretrained,
    list_checkpoints,
    number_of,
    restore_checkpoint,
    set_aside,
)
from cnn_denoiser.training.clock import ELAPSED
from cnn_denoiser.training.command_line import CHANGEABLE
from cnn_denoiser.training.data.training_data import TEXTS_SHA256
from cnn_denoiser.training.options import TrainingOptions, without_paths
from plumbing.commands.errors import UsageError
from plumbing.labels import LABELS

if TYPE_CHECKING:
    import keras

    from cnn_denoiser.training.distributed.strategy import Strategy
    from cnn_denoiser.training.learner import Learner

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Start:
    """Where a run starts from, as it lies on the disk.

    checkpoints:  those to go on from, the newest last; empty for a new run.
    pretrained:   the model folder to go on pretraining from.
    weights:      the model folder whose weights a new run starts from.
    started_from: what those weights are, and have seen before; empty for fresh ones.
    """

    checkpoints: list[Path] = field(default_factory=list)
    pretrained: Path | None = None
    weights: Path | None = None
    started_from: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Resumed:
    """What a learner was brought to.

    step:              of the checkpoint; None where there was none.
    pretrained_layers: how many layers are pretrained already.
    started_from:      as of `Start`.
    validated:         the figures of the last validation, and its step; empty where there was none.
    """

    step: int | None = None
    pretrained_layers: int = 0
    started_from: dict[str, Any] = field(default_factory=dict)
    validated: dict[str, Any] = field(default_factory=dict)


def find_start(
    folder: Path, goes_on: bool, options: TrainingOptions, data: dict[str, Any]
) -> Start:
    """Find out where a run starts from, without Keras.

    `data` is the summary of the data there are now. Raises `UsageError` where a run cannot go on
    with those, and where the weights to start from are none or another network's.
    """
    if goes_on:
        if checkpoints := list_checkpoints(folder):
            _compare_data(checkpoints, data)
            return Start(checkpoints)
        if pretrained := find_pretrained(folder):
            _compare_data([pretrained], data)
            return Start(pretrained=pretrained)
        _log.info("nothing was saved in %s yet: the run begins at its beginning", folder)
    if not options.weights:
        return Start()
    try:
        weights = find_model_folder(Path(options.weights))
        description = read_description(weights)
    except CheckpointError as error:
        raise UsageError(f"--weights: {error}") from error
    if description.model != options.model:
        raise UsageError(
            f"the weights in {weights} are of {description.model}, not of {options.model}"
        )
    _check_width(description, options)
    keys = ("step", "pictures_seen", "weights_sha256")
    return Start(weights=weights, started_from={key: getattr(description, key) for key in keys})


def resume(start: Start, learner: Learner) -> Resumed:
    """Put what a run starts from into a learner.

    Damaged checkpoints are renamed, with a warning. Raises `CheckpointError` where none is whole.
    """
    if start.weights:
        _load_or_widen(start.weights, learner)
        return Resumed(started_from=start.started_from)
    if start.pretrained:
        load_weights(start.pretrained, learner.network)
        return Resumed(pretrained_layers=number_of(start.pretrained))
    for checkpoint in reversed(start.checkpoints):
        try:
            state = _without_clock(learner.state, checkpoint)
            learner.step = restore_checkpoint(checkpoint, learner.result, state)
        except CheckpointError as error:
            if checkpoint == start.checkpoints[0]:
                raise
            aside = set_aside(checkpoint)
            _log.warning("%s; it is now %s, and the one before it is taken", error, aside.name)
            continue
        description = read_description(checkpoint)
        return Resumed(
            step=learner.step,
            started_from=description.started_from,
            validated=description.validation,
        )
    return Resumed()


def _without_clock(state: dict[str, keras.Variable], checkpoint: Path) -> dict[str, keras.Variable]:
    """Return a state without the clock where a checkpoint has none: then it starts at zero.

    The first versions of this project did not save it.
    """
    try:
        with np.load(checkpoint / STATE, allow_pickle=False) as saved:
            has_clock = ELAPSED in saved.files
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):  # which is said when it is restored
        return state
    return state if has_clock else {k: v for k, v in state.items() if k != ELAPSED}


def _check_width(description: ModelDescription, options: TrainingOptions) -> None:
    """Raise `UsageError` where weights are not of the width, nor of a half, a quarter ... of it."""
    width = description.settings.get("width", 1.0)
    is_number = isinstance(width, float) and width > 0
    doublings = float(math.log2(options.width / width)) if is_number else -1.0
    if doublings < 0 or not doublings.is_integer():
        raise UsageError(
            f"weights of the width {width} cannot become those of --width {options.width}: give "
            "the same, twice that, four times that ..."
        )


def _load_or_widen(weights: Path, learner: Learner) -> None:
    """Put trained weights into a learner's network, widened where they are of a narrower one."""
    from cnn_denoiser.model_definitions import create_model
    from cnn_denoiser.training.widening import widen

    settings = read_description(weights).settings
    if settings == learner.settings:
        load_weights(weights, learner.network)
        return
    narrow = create_model(learner.network.name, **settings)
    load_weights(weights, narrow)
    try:
        widen(narrow, learner.network, learner.seed)
    except ValueError as error:
        raise UsageError(f"--weights: {weights} cannot be widened: {error}") from error
    widths = (settings.get("width", 1.0), learner.settings.get("width", 1.0))
    _log.info("the weights, of the width %s, are widened to %s", *widths)


def check_agreement(
    strategy: Strategy, step: int, options: TrainingOptions, data: dict[str, Any]
) -> None:
    """Raise `UsageError` in every worker where they would not train the same.

    `data` is the summary of a worker's data.
    """
    steps = strategy.all_gather(step)
    if len(set(steps)) > 1:
        raise UsageError(
            f"the workers would start from different batches ({', '.join(map(str, steps))}): "
            "--output must be one folder that all of them see"
        )
    fixed = {name: v for name, v in without_paths(options).items() if name not in CHANGEABLE}
    fixed |= {"num_iter": options.num_iter, "data": data}
    if len(set(strategy.all_gather(zlib.crc32(json.dumps(fixed).encode())))) > 1:
        raise UsageError("the workers were started with different options or on different data")


def _compare_data(saved: list[Path], now: dict[str, Any]) -> None:
    """Raise `UsageError` where the newest readable state was trained on other data."""
    for folder in reversed(saved):
        try:
            before = read_description(folder).data
        except CheckpointError:  # damaged, which is said when it is restored
            continue
        # The first versions of this project compared how many texts there are, but no digest.
        comparable = {k: v for k, v in now.items() if k in before or k != TEXTS_SHA256}
        if before != comparable:
            raise UsageError(
                f"the run was trained on other data ({before}) than there is now ({now}): "
                f"pictures were added, removed or changed, or the texts of a {LABELS}"
            )
        return
