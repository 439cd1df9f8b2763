"""A trained network on ONNX Runtime."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime

from cnn_denoiser.checkpoints import (
    ONNX,
    CheckpointError,
    find_model_folder,
    read_description,
    shipped_model_folder,
)
from cnn_denoiser.image_processing import HEIGHT, WIDTH, from_network, to_network

DEFAULT_MODEL = "unet"
# Measured with moussaka: batches of 1 to 32 are equally fast (within noise), each picture of a
# batch takes 12 MB, and a last batch that is smaller than the others costs nothing.
BATCH_SIZE = 8


class Network:
    """A trained network, ready to deblur."""

    def __init__(self, onnx_path: Path):
        """Load an ONNX file; raises CheckpointError where it is damaged or no such network."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # its complaints come as exceptions, too
        try:
            self._session = onnxruntime.InferenceSession(
                onnx_path, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's exceptions have no other base
            raise CheckpointError(f"{onnx_path} cannot be loaded: {error}") from error
        (given,) = self._session.get_inputs()
        if given.shape[1:] != [HEIGHT, WIDTH, 1] or isinstance(given.shape[0], int):
            raise CheckpointError(
                f"{onnx_path} does not take pictures of 270x90 in batches; its input: {given.shape}"
            )
        self._input = given.name
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.weights_sha256: str | None = metadata.get("weights_sha256")

    def deblur(self, frames: np.ndarray) -> np.ndarray:
        """Deblur frames, uint8 (N, 90, 270) for any N, to the same shape and type."""
        if len(frames) == 0:
            return frames
        batches = [frames[at : at + BATCH_SIZE] for at in range(0, len(frames), BATCH_SIZE)]
        return np.concatenate([from_network(self._run(to_network(batch))) for batch in batches])

    def _run(self, array: np.ndarray) -> np.ndarray:
        (result,) = self._session.run(None, {self._input: array})
        return result


def load_network(model: str | None = None, checkpoint: Path | None = None) -> Network:
    """Load a shipped network by name or, from a run or model folder, one's own.

    The ONNX file is made from the saved weights where it is missing or not of these weights; that
    needs TensorFlow and is told on stderr. Raises CheckpointError.
    """
    if checkpoint is None:
        return _load_model_folder(shipped_model_folder(model or DEFAULT_MODEL))
    folder = find_model_folder(checkpoint)
    try:
        return _load_model_folder(folder)
    except CheckpointError:
        # A training that goes on removes its older checkpoints, perhaps this one meanwhile.
        newest = find_model_folder(checkpoint)
        if newest == folder:
            raise
        return _load_model_folder(newest)


def _load_model_folder(folder: Path) -> Network:
    path = folder / ONNX
    network = _fresh_network(folder, path)
    if network is None:
        from cnn_denoiser.export import export_in_another_process

        print(f"Making {path} from the saved weights (once, with TensorFlow) ...", file=sys.stderr)
        export_in_another_process(folder, path)
        network = Network(path)
    return network


def _fresh_network(folder: Path, path: Path) -> Network | None:
    """Load the ONNX file if it is whole and made of the folder's weights."""
    if not path.is_file():
        return None
    try:
        network = Network(path)
    except CheckpointError:
        return None
    fresh = network.weights_sha256 == read_description(folder)["weights_sha256"]
    return network if fresh else None
