"""A trained network that deblurs pictures."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from cnn_denoiser.deblurring.runtimes import in_bfloat16, in_float32
from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.model_files.model_folder import (
    DESCRIPTION,
    ONNX,
    CheckpointError,
    read_description,
)
from cnn_denoiser.model_files.onnx_seal import StaleOnnxError, verified_sha256
from cnn_denoiser.model_files.run_folder import find_model_folder
from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_model_folder
from plumbing.pictures.frame import HEIGHT, WIDTH

Precision = Literal["f32", "bf16"]
# Measured with moussaka: batches of 1 to 32 are equally fast (within noise), each picture of a
# batch takes 12 MB, and a last batch that is smaller than the others costs nothing.
BATCH_SIZE = 8

Loaded = TypeVar("Loaded")


class Network:
    """A trained network, ready to deblur."""

    def __init__(self, onnx_path: Path, precision: Precision = "f32"):
        """Load an ONNX file.

        Raises CheckpointError where it is damaged or no such network, and where the precision
        bf16 is asked for but OpenVINO or the processor lacks it.
        """
        self.sha256 = verified_sha256(onnx_path)
        computation = {"f32": in_float32, "bf16": in_bfloat16}[precision](onnx_path)
        batch, *picture = computation.input_shape
        if picture != [HEIGHT, WIDTH, 1] or isinstance(batch, int):
            raise CheckpointError(
                f"{onnx_path} does not take pictures of 270x90 in batches; "
                f"its input: {list(computation.input_shape)}"
            )
        self._run = computation.run
        self.model = computation.metadata.get("model", "")
        self.weights_sha256 = computation.metadata.get("weights_sha256")

    def deblur(self, frames: np.ndarray, batch_size: int = BATCH_SIZE) -> np.ndarray:
        """Deblur frames, uint8 (N, 90, 270) for any N, to the same shape and type.

        `batch_size` of them are computed at once; the result does not depend on it.
        """
        if len(frames) == 0:
            return frames
        batches = [frames[at : at + batch_size] for at in range(0, len(frames), batch_size)]
        return np.concatenate([from_network(self._run(to_network(batch))) for batch in batches])


def load_network(
    model: str | None = None, checkpoint: Path | None = None, precision: Precision = "f32"
) -> Network:
    """Load a shipped network by name or, from a run or model folder, one's own.

    The ONNX file of one's own is made from the saved weights where it is missing or not of these
    weights; that needs TensorFlow and is told on stderr. Raises CheckpointError.
    """
    return load_from_folder(model, checkpoint, lambda folder: open_network(folder, precision))


def load_from_folder(
    model: str | None, checkpoint: Path | None, open_folder: Callable[[Path], Loaded]
) -> Loaded:
    """Find a network's model folder, and open it; its ONNX files are made anew where that helps.

    `open_folder` raises StaleOnnxError where that may help, CheckpointError where it does not. What
    is shipped is never made anew. Raises CheckpointError.
    """
    if checkpoint is None:
        return open_folder(shipped_model_folder(model or DEFAULT_MODEL))
    folder = find_model_folder(checkpoint)
    try:
        return _open_or_export(folder, open_folder)
    except CheckpointError:
        # A training that goes on removes its older checkpoints, perhaps this one meanwhile.
        newest = find_model_folder(checkpoint)
        if newest == folder:
            raise
        return _open_or_export(newest, open_folder)


def open_network(folder: Path, precision: Precision = "f32") -> Network:
    """Open the ONNX file of a model folder, which is to be of the folder's weights.

    Raises StaleOnnxError and other CheckpointErrors.
    """
    path = folder / ONNX
    network = Network(path, precision)
    if network.weights_sha256 != read_description(folder).weights_sha256:
        raise StaleOnnxError(f"{path} is not made of the weights that {DESCRIPTION} names")
    return network


def _open_or_export(folder: Path, open_folder: Callable[[Path], Loaded]) -> Loaded:
    try:
        return open_folder(folder)
    except StaleOnnxError:
        from cnn_denoiser.export.keras_to_onnx import export_in_another_process

        path = folder / ONNX
        print(f"Making {path} from the saved weights (once, with TensorFlow) ...", file=sys.stderr)
        export_in_another_process(folder, path)
    return open_folder(folder)
