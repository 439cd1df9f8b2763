"""Removing what a run has written into its folder, and nothing else that lies there."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

from cnn_denoiser.model_files.run_folder import (
    BEST,
    CHANNELS,
    CHECKPOINTS,
    EVENTS,
    LAYERS,
    LOGS,
    OPTIONS,
    PRETRAINING,
    STEP,
)


def remove_run(run_folder: Path) -> None:
    """Remove the run in a folder; copies of its states under other names stay."""
    for name, states in ((CHECKPOINTS, STEP), (BEST, STEP), (PRETRAINING, LAYERS)):
        _remove_states(run_folder / name, states)
    for folder in (run_folder, *(run_folder / log for log in LOGS)):
        for file in (*folder.glob(EVENTS), folder / CHANNELS):
            file.unlink(missing_ok=True)
    for name in (CHECKPOINTS, BEST, PRETRAINING, *LOGS):
        _remove_if_empty(run_folder / name)
    # Last: a folder that was half removed is still known as a run's.
    (run_folder / OPTIONS).unlink(missing_ok=True)


def remove_pretrained(run_folder: Path) -> None:
    """Remove the states of a pretraining that is over."""
    _remove_states(run_folder / PRETRAINING, LAYERS)
    _remove_if_empty(run_folder / PRETRAINING)


def _remove_states(parent: Path, states: re.Pattern[str]) -> None:
    """Remove the model folders of a run, half-written and damaged ones included."""
    with contextlib.suppress(OSError):
        for folder in parent.iterdir():
            name = folder.name.removeprefix(".partial-").removeprefix("damaged-")
            if states.fullmatch(name) and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
