"""A model folder: a network that can be used.

weights.weights.h5   Keras weights
model.json           what they are: see `ModelDescription`
model.onnx           the same network for ONNX Runtime, once it has been exported
model.int8.onnx      ... with convolutions in 8 bits, once that has been asked for
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.model_files.digest import sha256
from cnn_denoiser.model_files.json_file import read_json_object
from plumbing.commands.errors import CommandError, ExitCode
from plumbing.files.atomic import write_atomically

if TYPE_CHECKING:
    import keras

WEIGHTS = "weights.weights.h5"
DESCRIPTION = "model.json"
ONNX = "model.onnx"
ONNX_INT8 = "model.int8.onnx"
_BLOCK = bytes(1 << 20)


class CheckpointError(CommandError):
    """A folder does not hold what it should; the message is for people."""

    exit_code = ExitCode.MODEL


def read_description(model_folder: Path) -> ModelDescription:
    """Return what `model.json` says; `CheckpointError` where it is missing or damaged."""
    path = model_folder / DESCRIPTION
    try:
        return ModelDescription.from_json(read_json_object(path))
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error


def write_description(model_folder: Path, description: ModelDescription) -> None:
    """Write `model.json` into an existing folder, whole or not at all. Raises OSError."""
    text = json.dumps(description.to_json(), indent=2, ensure_ascii=False) + "\n"
    write_atomically(model_folder / DESCRIPTION, text.encode())


def verified_weights(model_folder: Path) -> Path:
    """Return the path of the weights after comparing their sha256 with the description's.

    Raises `CheckpointError` where the file is missing or is not the one that was saved.
    """
    path = model_folder / WEIGHTS
    try:
        digest = sha256(path)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}") from error
    if digest != read_description(model_folder).weights_sha256:
        raise CheckpointError(f"{path} is damaged: its sha256 is not the one in {DESCRIPTION}")
    return path


def load_weights(model_folder: Path, network: keras.Model) -> None:
    """Put the weights of a model folder into a network.

    Raises `CheckpointError` where they are missing, damaged or another network's.
    """
    path = verified_weights(model_folder)
    try:
        network.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{path} does not fit {network.name}: {error}") from error


def count_parameters(network: keras.Model) -> int:
    """Return how many numbers a network learns."""
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def write_model_folder(folder: Path, network: keras.Model, facts: Mapping[str, Any]) -> None:
    """Write weights and description into an existing folder.

    `facts` are fields of the description, `step` among them; the network's name and size and the
    sha256 of its weights are added.
    """
    # A compiled model would put its optimiser's state into the file as well.
    if network.compiled:
        raise ValueError("write_model_folder wants the network itself, not a compiled model")
    _check_space(folder / WEIGHTS, network)
    network.save_weights(folder / WEIGHTS)
    height, width = network.input_shape[1:3]
    description = ModelDescription(
        model=network.name,
        parameters=count_parameters(network),
        input_size=(width, height),
        weights_sha256=sha256(folder / WEIGHTS),
        **facts,
    )
    write_description(folder, description)


def _check_space(path: Path, network: keras.Model) -> None:
    """Raise OSError where there is no space for a file with the weights of a network.

    HDF5 fails on a full disk as well, but then the process crashes when it ends.
    """
    # Beside its numbers, each array takes some 2 kB of HDF5's own.
    size = sum(4096 + 4 * math.prod(variable.shape) for variable in network.weights)
    try:
        with path.open("wb") as file:
            for start in range(0, size, len(_BLOCK)):
                file.write(_BLOCK[: size - start])
    finally:
        path.unlink(missing_ok=True)
