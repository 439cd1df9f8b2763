"""What training saves, atomically, and how it is found again.

A *model folder* holds a network that can be used:

    weights.weights.h5   Keras weights
    model.json           what they are: model, input size, value range, step, data, versions, sha256
    model.onnx           the same network for ONNX Runtime, once it has been exported

A *run folder* is what `train.py` writes:

    run.json                      the options of the run
    checkpoints/step-00000030/    a model folder, with training_state.npz beside the weights
    tensorboard/                  the event files

A checkpoint is written under a temporary name, synced and renamed, so that whatever stands under
a final name is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_denoiser.atomic_files import write_atomically

if TYPE_CHECKING:
    import keras

WEIGHTS = "weights.weights.h5"
DESCRIPTION = "model.json"
ONNX = "model.onnx"
STATE = "training_state.npz"
OPTIONS = "run.json"
CHECKPOINTS = "checkpoints"
TENSORBOARD = "tensorboard"
TRAINED_MODELS = Path(__file__).resolve().parent / "trained_models"
CHECKPOINTS_KEPT = 3


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


def find_model_folder(folder: Path) -> Path:
    """Return `folder` where it is a model folder, else the newest checkpoint of the run in it.

    Raises `CheckpointError` where it is neither.
    """
    if (folder / DESCRIPTION).is_file():
        return folder
    checkpoints = list_checkpoints(folder)
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
    `description` as for `write_model_folder`. Returns the checkpoint's folder.
    """
    folder = run_folder / CHECKPOINTS / f"step-{description['step']:08d}"
    temporary = folder.with_name(f".partial-{folder.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    write_model_folder(temporary, network, description)
    np.savez(temporary / STATE, *(variable.numpy() for variable in state))
    for path in temporary.iterdir():
        _sync(path)
    _sync(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(temporary, folder)
    _sync(folder.parent)
    for old in list_checkpoints(run_folder)[:-CHECKPOINTS_KEPT]:
        # It may be in use just now: then the next save removes it.
        shutil.rmtree(old, ignore_errors=True)
    return folder


def restore_checkpoint(
    checkpoint: Path, network: keras.Model, state: Sequence[keras.Variable]
) -> int:
    """Put a checkpoint back into a network and its training's state; return its step.

    Raises `CheckpointError` where a file is missing, damaged or of another network or training.
    """
    step = read_description(checkpoint)["step"]
    try:
        network.load_weights(verified_weights(checkpoint))
        with np.load(checkpoint / STATE, allow_pickle=False) as saved:
            if len(saved) != len(state):
                raise ValueError(f"{STATE} holds {len(saved)} variables instead of {len(state)}")
            for index, variable in enumerate(state):
                variable.assign(saved[f"arr_{index}"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"{checkpoint} cannot be restored: {error}") from error
    return step


def remove_run(run_folder: Path) -> None:
    """Remove the run in a folder, and nothing else that lies there."""
    (run_folder / OPTIONS).unlink(missing_ok=True)
    for name in (CHECKPOINTS, TENSORBOARD):
        if (run_folder / name).is_dir():
            shutil.rmtree(run_folder / name)


def write_options(run_folder: Path, options: dict[str, Any]) -> None:
    """Record the options of a run."""
    run_folder.mkdir(parents=True, exist_ok=True)
    write_atomically(run_folder / OPTIONS, (json.dumps(options, indent=2) + "\n").encode())


def read_options(run_folder: Path) -> dict[str, Any]:
    """Return the options of the run in a folder; `CheckpointError` where there is none."""
    path = run_folder / OPTIONS
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{run_folder} holds no run (there is no {OPTIONS})") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error


def _sync(path: Path) -> None:
    """Have the operating system put a file, or a folder's entries, on the disk.

    Windows cannot open folders; there the rename alone has to do.
    """
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
