"""A run folder, which `train.py` writes.

    run.json                      the options of the run
    pretraining/layers-00000002/  a model folder: the network with its first layers pretrained
    checkpoints/step-00000030/    a model folder, with training_state.npz and its sha256 beside the
                                  weights; the newest three are kept
    best/step-00000020/           a model folder: the best by validation, whose figures its
                                  model.json holds
    training/, validation/, ...   event files of TensorBoard, those of the folder itself included
    .lock                         locked while a training writes here

A model folder of a run is written under a temporary name, synced and renamed, so that whatever
stands under a final name is whole. Only folders named exactly so are a run's: copies under other
names are never read nor removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_denoiser.model_files.digest import sha256
from cnn_denoiser.model_files.model_folder import (
    DESCRIPTION,
    CheckpointError,
    load_weights,
    read_description,
    write_model_folder,
)
from plumbing.commands.errors import file_and_reason
from plumbing.files.atomic import sync

if TYPE_CHECKING:
    import keras

STATE = "training_state.npz"
STATE_SHA256 = "training_state.npz.sha256"  # as the command sha256sum writes it
OPTIONS = "run.json"
CHECKPOINTS = "checkpoints"
PRETRAINING = "pretraining"
BEST = "best"
LOGS = ("training", "validation", "unaveraged", "blurred", "pretraining")  # event files in folders
EVENTS = "events.out.tfevents.*"
CHANNELS = "channels.json"  # which channels TensorBoard shows
CHECKPOINTS_KEPT = 3
STEP = re.compile(r"step-(\d{8,})")
LAYERS = re.compile(r"layers-(\d{8,})")


def list_checkpoints(run_folder: Path) -> list[Path]:
    """Return the complete checkpoints of a run, oldest first."""
    return _numbered(run_folder / CHECKPOINTS, STEP)


def find_best(run_folder: Path) -> Path | None:
    """Return the model folder of a run's best weights; None where there is none."""
    # A kill while it was replaced may have left two: the later one is the better one.
    return next(reversed(_numbered(run_folder / BEST, STEP)), None)


def find_pretrained(run_folder: Path) -> Path | None:
    """Return the model folder of a run whose pretraining is not over; None where there is none."""
    return next(reversed(_numbered(run_folder / PRETRAINING, LAYERS)), None)


def number_of(folder: Path) -> int:
    """Return the number in the name of a run's model folder: of a batch, or of layers."""
    return int(folder.name.rpartition("-")[2])


def find_model_folder(folder: Path) -> Path:
    """Return `folder` where it is a model folder, else the newest checkpoint of the run in it.

    A run's folders `checkpoints` and `best` are understood, too: the latter gives the best weights
    by validation. Raises `CheckpointError` where it is nothing of that.
    """
    if (folder / DESCRIPTION).is_file():
        return folder
    checkpoints = list_checkpoints(folder) or _numbered(folder, STEP)
    if not checkpoints:
        raise CheckpointError(f"{folder} holds neither a trained model nor checkpoints of a run")
    return checkpoints[-1]


def save_checkpoint(
    run_folder: Path,
    network: keras.Model,
    state: Mapping[str, keras.Variable],
    facts: Mapping[str, Any],
) -> Path:
    """Save a network and the state its training goes on from; drop all but the newest ones.

    `state` is every variable beside the network's weights that the next batch depends on, by name.
    `facts` as for `write_model_folder`. Returns the checkpoint's folder. Raises `CheckpointError`
    where it cannot be written, on a full disk for one; what was there stays.
    """

    def write(folder: Path) -> None:
        write_model_folder(folder, network, facts)
        arrays: dict[str, Any] = {name: _array(variable) for name, variable in state.items()}
        np.savez(folder / STATE, **arrays)
        line = f"{sha256(folder / STATE)}  {STATE}\n"
        (folder / STATE_SHA256).write_text(line, encoding="utf-8")

    folder = _write_folder(run_folder / CHECKPOINTS / f"step-{facts['step']:08d}", write)
    for old in list_checkpoints(run_folder)[:-CHECKPOINTS_KEPT]:
        # It may be in use just now: then the next save removes it.
        shutil.rmtree(old, ignore_errors=True)
    return folder


def save_best(run_folder: Path, network: keras.Model, facts: Mapping[str, Any]) -> None:
    """Save a network as the best of its run in place of the one before.

    Raises as `save_checkpoint`.
    """
    folder = _write_folder(
        run_folder / BEST / f"step-{facts['step']:08d}",
        lambda folder: write_model_folder(folder, network, facts),
    )
    _remove_others(folder, STEP)


def save_pretrained(
    run_folder: Path, network: keras.Model, layers: int, facts: Mapping[str, Any]
) -> None:
    """Save a network whose first `layers` layers are pretrained in place of the one before.

    Raises as `save_checkpoint`.
    """
    folder = _write_folder(
        run_folder / PRETRAINING / f"layers-{layers:08d}",
        lambda folder: write_model_folder(folder, network, facts),
    )
    _remove_others(folder, LAYERS)


def restore_checkpoint(
    checkpoint: Path, network: keras.Model, state: Mapping[str, keras.Variable]
) -> int:
    """Put a checkpoint back into a network and its training's state; return its step.

    Raises `CheckpointError` where a file is missing, damaged or of another network or training.
    """
    step = read_description(checkpoint).step
    try:
        expected = (checkpoint / STATE_SHA256).read_text(encoding="utf-8").split()[:1]
        if [sha256(checkpoint / STATE)] != expected:
            raise ValueError(f"{STATE} is damaged: its sha256 is not the one that was saved")
        with np.load(checkpoint / STATE, allow_pickle=False) as saved:
            _compare_names(set(saved.files), set(state))
            values = {name: saved[name] for name in state}
        for name, variable in state.items():
            if values[name].shape != tuple(variable.shape):
                raise ValueError(f"{name} in {STATE} has another shape")
        load_weights(checkpoint, network)
        for name, variable in state.items():
            variable.assign(values[name])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        reason = file_and_reason(error) if isinstance(error, OSError) else error
        raise CheckpointError(f"{checkpoint} cannot be restored: {reason}") from error
    return step


def set_aside(checkpoint: Path) -> Path:
    """Rename a damaged checkpoint, so that nothing takes it for a good one; return where it is."""
    aside = checkpoint.with_name(f"damaged-{checkpoint.name}")
    shutil.rmtree(aside, ignore_errors=True)
    os.replace(checkpoint, aside)
    return aside


def _numbered(parent: Path, name: re.Pattern[str]) -> list[Path]:
    """Return the folders of a name with a number, the lowest number first."""
    with contextlib.suppress(OSError):
        return sorted(
            (path for path in parent.iterdir() if name.fullmatch(path.name) and path.is_dir()),
            key=number_of,
        )
    return []


def _remove_others(folder: Path, name: re.Pattern[str]) -> None:
    for other in _numbered(folder.parent, name):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def _array(variable: keras.Variable) -> np.ndarray:
    import keras

    return keras.ops.convert_to_numpy(variable.value)


def _compare_names(saved: set[str], wanted: set[str]) -> None:
    """Raise ValueError where a saved state has other variables than a training."""
    if missing := sorted(wanted - saved):
        raise ValueError(f"{STATE} lacks {len(missing)} variables, {missing[0]} for one")
    if unknown := sorted(saved - wanted):
        raise ValueError(
            f"{STATE} holds {len(unknown)} variables of another training, {unknown[0]} for one"
        )


def _write_folder(folder: Path, write: Callable[[Path], None]) -> Path:
    """Have a folder written under a temporary name, sync and rename it."""
    parent = folder.parent
    temporary = parent / f".partial-{folder.name}"
    try:
        for left_over in parent.glob(".partial-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        temporary.mkdir(parents=True)
        write(temporary)
        for path in temporary.iterdir():
            sync(path)
        sync(temporary)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(temporary, folder)
        sync(parent)
    except (OSError, RuntimeError) as error:  # HDF5 raises either
        shutil.rmtree(temporary, ignore_errors=True)
        raise CheckpointError(f"{folder} cannot be written: {_reason(error)}") from error
    return folder


def _reason(error: Exception) -> str:
    """Return what the operating system says of an error, which HDF5 hides in a long message."""
    number = getattr(error, "errno", None)
    if not number and (found := re.search(r"errno = (\d+)", str(error))):
        number = int(found[1])
    return os.strerror(number) if number else str(error)
