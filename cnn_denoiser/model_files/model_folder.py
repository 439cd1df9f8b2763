"""A model folder: a network that can be used.

weights.weights.h5   Keras weights
model.json           what they are: see `Description`
model.onnx           the same network for ONNX Runtime, once it has been exported
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_denoiser.model_files.digest import sha256

if TYPE_CHECKING:
    import keras

WEIGHTS = "weights.weights.h5"
DESCRIPTION = "model.json"
ONNX = "model.onnx"
_BLOCK = bytes(1 << 20)


class CheckpointError(Exception):
    """A folder does not hold what it should; the message is for people."""


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
