"""What training saves, atomically, and how it is found again.

A *model folder* holds a network that can be used:

    weights.weights.h5   Keras weights
    model.json           what they are: model, input size, value range, step, data, versions, sha256
    model.onnx           the same network for ONNX Runtime, once it has been exported
    model.dropout.onnx   the same with its dropout on, if it has any; the weights are in model.onnx

A *run folder* is what `train.py` writes:

    run.json                      the options of the run
    checkpoints/step-00000030/    a model folder, with training_state.npz and its sha256 beside the
                                  weights; the newest three are kept
    best/step-00000020/           a model folder: the best by validation, whose figures its
                                  model.json holds
    tensorboard/                  the event files

A model folder of a run is written under a temporary name, synced and renamed, so that whatever
stands under a final name is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_denoiser.atomic_files import sync

if TYPE_CHECKING:
    import keras

WEIGHTS = "weights.weights.h5"
DESCRIPTION = "model.json"
ONNX = "model.onnx"
DROPOUT_ONNX = "model.dropout.onnx"
STATE = "training_state.npz"
STATE_SHA256 = "training_state.npz.sha256"  # as the command sha256sum writes it
OPTIONS = "run.json"
CHECKPOINTS = "checkpoints"
BEST = "best"
TENSORBOARD = "tensorboard"
TRAINED_MODELS = Path(__file__).resolve().parent / "trained_models"
CHECKPOINTS_KEPT = 3
_BLOCK = bytes(1 << 20)
DEFAULT_MODEL = "unet"  # of the shipped ones


class CheckpointError(Exception):
    """A folder does not hold what it should; the message is for people."""


def shipped_models() -> list[str]:
    """Return the names of the networks whose weights come with the project, sorted."""
    return sorted(path.parent.name for path in TRAINED_MODELS.glob(f"*/{DESCRIPTION}"))


def shipped_model_folder(name: str) -> Path:
    """Return the model folder of a shipped network; `CheckpointError` where there is none."""
    if name not in shipped_models():
        known = ", ".join(shipped_models()) or "none"
        raise CheckpointError(f"no weights of a model {name!r} are shipped; shipped are: {known}")
    return TRAINED_MODELS / name


def list_checkpoints(run_folder: Path) -> list[Path]:
    """Return the complete checkpoints of a run, oldest first."""
    return sorted((run_folder / CHECKPOINTS).glob("step-*"))


def find_best(run_folder: Path) -> Path | None:
    """Return the model folder of a run's best weights; None where there is none."""
    # A kill while it was replaced may have left two: the later one is the better one.
    return max((run_folder / BEST).glob("step-*"), default=None)


def find_model_folder(folder: Path) -> Path:
    """Return `folder` where it is a model folder, else the newest checkpoint of the run in it.

    A run's folders `checkpoints` and `best` are understood, too: the latter gives the best weights
    by validation. Raises `CheckpointError` where it is nothing of that.
    """
    if (folder / DESCRIPTION).is_file():
        return folder
    checkpoints = list_checkpoints(folder) or sorted(folder.glob("step-*"))
    if not checkpoints:
        raise CheckpointError(f"{folder} holds neither a trained model nor checkpoints of a run")
    return checkpoints[-1]


def read_description(model_folder: Path) -> dict[str, Any]:
    """Return the contents of `model.json`; `CheckpointError` where it is missing or damaged."""
    path = model_folder / DESCRIPTION
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        if not {"model", "weights_sha256", "step"} <= description.keys():
            raise ValueError("fields are missing")
    except (OSError, ValueError, AttributeError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    return description


def verified_weights(model_folder: Path) -> Path:
    """Return the path of the weights after comparing their sha256 with the description's.

    Raises `CheckpointError` where the file is missing or is not the one that was saved.
    """
    path = model_folder / WEIGHTS
    try:
        digest = sha256(path)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if digest != read_description(model_folder)["weights_sha256"]:
        raise CheckpointError(f"{path} is damaged: its sha256 is not the one in {DESCRIPTION}")
    return path


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def load_weights(model_folder: Path, network: keras.Model) -> None:
    """Put the weights of a model folder into a network.

    Raises `CheckpointError` where they are missing, damaged or another network's.
    """
    path = verified_weights(model_folder)
    try:
        network.load_weights(path)
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} does not fit {network.name}: {error}") from error


def write_model_folder(folder: Path, network: keras.Model, description: dict[str, Any]) -> None:
    """Write weights and description into an existing folder.

    `description` needs `step` and is completed with the network's name, size and range and with
    the sha256 of its weights.
    """
    # A compiled model would put its optimiser's state into the file as well.
    if network.compiled:
        raise ValueError("write_model_folder wants the network itself, not a compiled model")
    _check_space(folder / WEIGHTS, network)
    network.save_weights(folder / WEIGHTS)
    height, width = network.input_shape[1:3]
    full = {
        "model": network.name,
        "input_size": [width, height],
        "value_range": [-1, 1],
        **description,
        "weights_sha256": sha256(folder / WEIGHTS),
    }
    text = json.dumps(full, indent=2, ensure_ascii=False) + "\n"
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")


def save_checkpoint(
    run_folder: Path,
    network: keras.Model,
    state: Sequence[keras.Variable],
    description: dict[str, Any],
) -> Path:
    """Save a network and the state its training goes on from; drop all but the newest ones.

    `state` is every variable beside the network's weights that the next batch depends on.
    `description` as for `write_model_folder`. Returns the checkpoint's folder. Raises
    `CheckpointError` where it cannot be written, on a full disk for one; what was there stays.
    """

    def write(folder: Path) -> None:
        write_model_folder(folder, network, description)
        np.savez(folder / STATE, *(variable.numpy() for variable in state))
        line = f"{sha256(folder / STATE)}  {STATE}\n"
        (folder / STATE_SHA256).write_text(line, encoding="utf-8")

    folder = _write_step(run_folder / CHECKPOINTS, description["step"], write)
    for old in list_checkpoints(run_folder)[:-CHECKPOINTS_KEPT]:
        # It may be in use just now: then the next save removes it.
        shutil.rmtree(old, ignore_errors=True)
    return folder


def save_best(run_folder: Path, network: keras.Model, description: dict[str, Any]) -> None:
    """Save a network as the best of its run in place of the one before.

    Raises as `save_checkpoint`.
    """
    folder = _write_step(
        run_folder / BEST,
        description["step"],
        lambda folder: write_model_folder(folder, network, description),
    )
    for old in folder.parent.glob("step-*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)


def _write_step(parent: Path, step: int, write: Callable[[Path], None]) -> Path:
    """Have a folder `step-...` written under a temporary name, sync and rename it."""
    folder = parent / f"step-{step:08d}"
    temporary = parent / f".partial-{folder.name}"
    for left_over in parent.glob(".partial-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    try:
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


def _check_space(path: Path, network: keras.Model) -> None:
    """Raise OSError where there is no space for a file with the weights of a network.

    HDF5 fails on a full disk as well, but then the process crashes when it ends.
    """
    # Beside its numbers, each array takes some 2 kB of HDF5's own.
    size = sum(4096 + 4 * int(np.prod(variable.shape)) for variable in network.weights)
    try:
        with path.open("wb") as file:
            for start in range(0, size, len(_BLOCK)):
                file.write(_BLOCK[: size - start])
    finally:
        path.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    """Return what the operating system says of an error, which HDF5 hides in a long message."""
    number = getattr(error, "errno", None)
    if not number and (found := re.search(r"errno = (\d+)", str(error))):
        number = int(found[1])
    return os.strerror(number) if number else str(error)


def restore_checkpoint(
    checkpoint: Path, network: keras.Model, state: Sequence[keras.Variable]
) -> int:
    """Put a checkpoint back into a network and its training's state; return its step.

    Raises `CheckpointError` where a file is missing, damaged or of another network or training.
    """
    step = read_description(checkpoint)["step"]
    weights = verified_weights(checkpoint)
    try:
        # Checkpoints of earlier versions lack this file.
        if (checkpoint / STATE_SHA256).exists():
            expected = (checkpoint / STATE_SHA256).read_text(encoding="utf-8").split()[:1]
            if [sha256(checkpoint / STATE)] != expected:
                raise ValueError(f"{STATE} is damaged: its sha256 is not the one that was saved")
        with np.load(checkpoint / STATE, allow_pickle=False) as saved:
            if len(saved) != len(state):
                raise ValueError(f"{STATE} holds {len(saved)} variables instead of {len(state)}")
            values = [saved[f"arr_{index}"] for index in range(len(state))]
        network.load_weights(weights)
        for variable, value in zip(state, values, strict=True):
            variable.assign(value)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{checkpoint} cannot be restored: {error}") from error
    return step


def set_aside(checkpoint: Path) -> Path:
    """Rename a damaged checkpoint, so that nothing takes it for a good one; return where it is."""
    aside = checkpoint.with_name(f"damaged-{checkpoint.name}")
    shutil.rmtree(aside, ignore_errors=True)
    os.replace(checkpoint, aside)
    return aside
