"""A trained network that deblurs pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from cnn_denoiser.deblurring.runtimes import Tensor, as_it_is_written, in_bfloat16
from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.model_files.model_folder import (
    DESCRIPTION,
    ONNX,
    ONNX_INT8,
    CheckpointError,
    read_description,
)
from cnn_denoiser.model_files.onnx_seal import StaleOnnxError, sha256_in_seal
from cnn_denoiser.model_files.run_folder import find_model_folder
from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_model_folder
from plates.slots import CLASSES, SLOTS
from plumbing.files.regular import open_regular_file
from plumbing.pictures.frame import HEIGHT, WIDTH

Precision = Literal["f32", "int8", "bf16"]
# Measured with moussaka: batches of 1 to 32 are equally fast (within noise), each picture of a
# batch takes 12 MB, and a last batch that is smaller than the others costs nothing.
BATCH_SIZE = 8

_LARGEST_FILE = 1 << 30  # bytes; moussaka's has 21 million


class Deblurred(NamedTuple):
    """What a network makes of blurred frames.

    frames: uint8 (N, 90, 270).
    logits: of what stands on the plates, float32 (N, 8, 73), classes of `plates.slots`; None where
            the network does not read.
    """

    frames: np.ndarray
    logits: np.ndarray | None


class Network:
    """A trained network, ready to deblur, and to read where it `reads`. Threads may share one.

    temperature: what logits are divided by, so that probabilities hold.
    calibrated:  whether that is known; else it is 1.
    """

    def __init__(self, onnx_path: Path, precision: Precision = "f32", threads: int | None = None):
        """Load an ONNX file.

        precision: bf16 computes a file in float32 so; f32 and int8 are what the file says.
        threads:   that compute; None: one for each core.

        Raises CheckpointError where it is damaged or no such network, and where the precision
        bf16 is asked for but OpenVINO or the processor lacks it.
        """
        content = _read(onnx_path)
        if sha256_in_seal(content) is None:
            raise StaleOnnxError(
                f"{onnx_path} cannot be loaded: it is damaged, or not from this project's export "
                "(its sha256 does not fit)"
            )
        self._path = onnx_path
        runtime = in_bfloat16 if precision == "bf16" else as_it_is_written
        computation = runtime(content, onnx_path, threads)
        _check_tensors(computation.inputs, f"{onnx_path} does not take")
        readings = computation.outputs[1:]
        _check_tensors(computation.outputs[:1], f"{onnx_path} does not give")
        _check_readings(readings, onnx_path)
        self.reads = bool(readings)
        self.temperature, self.calibrated = 1.0, False
        self._run = computation.run
        self.model = computation.metadata.get("model", "")
        self.weights_sha256 = computation.metadata.get("weights_sha256")

    def deblur(self, frames: np.ndarray, batch_size: int = BATCH_SIZE) -> np.ndarray:
        """Deblur frames, uint8 (N, 90, 270) for any N, to the same shape and type.

        `batch_size` of them are computed at once; the result does not depend on it. Raises
        CheckpointError where what the network computes is no pictures.
        """
        return self.deblur_and_read(frames, batch_size).frames

    def deblur_and_read(self, frames: np.ndarray, batch_size: int = BATCH_SIZE) -> Deblurred:
        """Deblur frames as `deblur` does, and read them in the same pass."""
        if len(frames) == 0:
            nothing = np.empty((0, SLOTS, CLASSES), np.float32)
            return Deblurred(frames, nothing if self.reads else None)
        parts = [
            self._deblur(frames[at : at + batch_size]) for at in range(0, len(frames), batch_size)
        ]
        logits = [part.logits for part in parts if part.logits is not None]
        return Deblurred(
            np.concatenate([part.frames for part in parts]),
            np.concatenate(logits) if logits else None,
        )

    def _deblur(self, frames: np.ndarray) -> Deblurred:
        array = to_network(frames)
        result, *readings = self._run(array)
        self._check(result, array.shape, "pictures of 270x90")
        for logits in readings:
            self._check(logits, (len(array), SLOTS, CLASSES), "what stands on the plates")
        return Deblurred(from_network(result), readings[0] if readings else None)

    def _check(self, result: np.ndarray, shape: tuple[int, ...], what: str) -> None:
        if result.shape != shape or result.dtype != np.float32:
            raise CheckpointError(
                f"{self._path} does not give {what}, but {result.dtype} {list(result.shape)} for "
                f"{list(shape)}"
            )
        if not np.isfinite(result).all():
            raise CheckpointError(f"{self._path} computes numbers that are not finite (NaN)")


def load_network(
    model: str | None = None,
    checkpoint: Path | None = None,
    precision: Precision = "f32",
    threads: int | None = None,
) -> Network:
    """Load a shipped network by name or, from a run or model folder, one's own.

    The ONNX files of one's own are made where they are missing or not of these weights, which is
    told: that in float32 from the saved weights, which needs TensorFlow, that in 8 bits from the
    former. One's own is tried out. Raises CheckpointError.
    """
    if checkpoint is None:
        return open_network(shipped_model_folder(model or DEFAULT_MODEL), precision, threads)

    def open_and_try(folder: Path) -> Network:
        # In ONNX Runtime first, which refuses what would take all memory; OpenVINO does not.
        network = _open_or_export(folder, "f32", threads)
        network.deblur(np.zeros((1, HEIGHT, WIDTH), np.uint8))
        return network if precision == "f32" else _open_or_export(folder, precision, threads)

    return _open_own(checkpoint, open_and_try)


def onnx_file(folder: Path, precision: Precision = "f32") -> Path:
    """Return which file of a model folder computes with a precision."""
    return folder / (ONNX_INT8 if precision == "int8" else ONNX)


def open_network(folder: Path, precision: Precision = "f32", threads: int | None = None) -> Network:
    """Open the ONNX file of a model folder, which is to be of the folder's weights.

    Raises StaleOnnxError and other CheckpointErrors.
    """
    path = onnx_file(folder, precision)
    network = Network(path, precision, threads)
    description = read_description(folder)
    if network.weights_sha256 != description.weights_sha256:
        raise StaleOnnxError(f"{path} is not made of the weights that {DESCRIPTION} names")
    if "temperature" in description.calibration:
        network.temperature, network.calibrated = description.calibration["temperature"], True
    return network


def _open_own(checkpoint: Path, open_folder: Callable[[Path], Network]) -> Network:
    """Find one's own model folder, and open it."""
    folder = find_model_folder(checkpoint)
    try:
        return open_folder(folder)
    except CheckpointError:
        # A training that goes on removes its older checkpoints, perhaps this one meanwhile.
        newest = find_model_folder(checkpoint)
        if newest == folder:
            raise
        return open_folder(newest)


def _open_or_export(folder: Path, precision: Precision, threads: int | None) -> Network:
    """Open an ONNX file as `open_network` does, made anew where that helps."""
    try:
        return open_network(folder, precision, threads)
    except StaleOnnxError:
        from cnn_denoiser.export.another_process import export_in_another_process

        path = onnx_file(folder, precision)
        export_in_another_process(folder, path, "int8" if precision == "int8" else "f32")
    return open_network(folder, precision, threads)


def _read(path: Path) -> bytes:
    try:
        with open_regular_file(path) as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise StaleOnnxError(f"{path} cannot be loaded: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise CheckpointError(f"{path} cannot be loaded: it has more than {_LARGEST_FILE:,} bytes")
    return content


def _check_tensors(tensors: Sequence[Tensor], what: str) -> None:
    """Raise CheckpointError for anything but one array of pictures, float32 (N, 90, 270, 1)."""
    if len(tensors) != 1:
        raise CheckpointError(f"{what} one array of pictures, but {len(tensors)} arrays")
    (tensor,) = tensors
    batch, *picture = tensor.shape or (0,)
    if picture != [HEIGHT, WIDTH, 1] or isinstance(batch, int):
        raise CheckpointError(f"{what} pictures of 270x90 in batches, but {list(tensor.shape)}")
    if not tensor.is_float32:
        raise CheckpointError(f"{what} numbers of the type float32")


def _check_readings(tensors: Sequence[Tensor], path: Path) -> None:
    """Raise CheckpointError for anything but nothing, or logits of a plate's characters."""
    if not tensors:
        return
    if len(tensors) > 1:
        raise CheckpointError(
            f"{path} does not give pictures, or pictures and readings, but {1 + len(tensors)} "
            "arrays"
        )
    batch, *logits = tensors[0].shape or (0,)
    if logits != [SLOTS, CLASSES] or isinstance(batch, int) or not tensors[0].is_float32:
        raise CheckpointError(
            f"{path} does not give readings of {SLOTS} places and {CLASSES} classes in batches, "
            f"but {list(tensors[0].shape)}"
        )
