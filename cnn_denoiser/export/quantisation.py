"""From a network in float32 to one that computes its convolutions in integers of 8 bits."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from blurrer import make_pair
from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.measures.image_quality import psnr
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.onnx_seal import seal, sha256_in_seal
from plates import draw_plate
from plumbing.files.atomic import write_atomically

# Plates that the ranges of the levels are taken from: none that is trained on or measured with.
SEED = 27182
PLATES = 100
PROFILE = "camera"
_BATCH = 4
# A network's results differ by 41 dB (unet) and 48 dB (moussaka) from those in float32.
LEAST_PSNR = 25.0

CONVOLUTIONS = ["Conv", "ConvTranspose"]


def quantise(network: Path, destination: Path) -> None:
    """Write a network that computes in float32 as one that computes in 8 bits, sealed, atomically.

    network: an ONNX file of this project's export.

    Weights have a scale a channel, what goes through the network one a layer, found on synthetic
    plates (static quantisation, Jacob et al. 2018, arXiv:1712.05877). The first convolution and the
    last one, which make little of the work and most of the error, stay as they are; so does what
    is no convolution. Weights take 7 bits: with 8, processors without VNNI would cut sums off.

    Raises CheckpointError where `network` or the package onnx is missing, and where the result is
    another than in float32.
    """
    try:
        import onnx
        from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    except ImportError as error:
        raise CheckpointError(f"the precision int8 needs the package onnx: {error}") from error

    try:
        content = network.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{network} cannot be read: {error.strerror}") from error
    if sha256_in_seal(content) is None:
        raise CheckpointError(f"{network} cannot be read: it is damaged")
    whole = onnx.load_from_string(content)
    metadata = {entry.key: entry.value for entry in whole.metadata_props}
    metadata.pop("sha256", None)
    convolutions = [node.name for node in whole.graph.node if node.op_type in CONVOLUTIONS]
    pictures = to_network(_blurred_plates())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quantised.onnx"
        # It advises on standard error to prepare what the export has prepared.
        level = logging.root.manager.disable
        logging.disable(logging.WARNING)
        try:
            quantize_static(
                whole,
                path,
                _Batches(whole.graph.input[0].name, pictures),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=CONVOLUTIONS,
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=convolutions[:1] + convolutions[-1:],
            )
        finally:
            logging.disable(level)
        quantised = onnx.load(path)
        onnx.helper.set_model_props(quantised, metadata)
        sealed = seal(quantised.SerializeToString())
        path.write_bytes(sealed)
        _compare(network, path, pictures[: 2 * _BATCH])
    write_atomically(destination, sealed)


def _blurred_plates() -> np.ndarray:
    """Return blurred synthetic plates of all kinds, uint8 (PLATES, 90, 270)."""
    frames = []
    for number in range(PLATES):
        random = np.random.default_rng([SEED, number])
        plate, _ = draw_plate(random)
        frames.append(make_pair(plate, random, PROFILE).blurred)
    return np.stack(frames)


class _Batches(Iterator[dict[str, np.ndarray]]):
    """Pictures in batches, as ONNX Runtime's quantisation asks for them."""

    def __init__(self, name: str, pictures: np.ndarray):
        self._name = name
        self._batches = iter(np.split(pictures, len(pictures) // _BATCH))

    def __next__(self) -> dict[str, np.ndarray]:
        return {self._name: next(self._batches)}

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Return the next batch, None after the last one."""
        return next(self, None)


def _compare(network: Path, quantised: Path, pictures: np.ndarray) -> None:
    import onnxruntime

    expected, result = (
        from_network(
            onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(
                None, {"blurred": pictures}
            )[0]
        )
        for path in (network, quantised)
    )
    difference = psnr(expected, result)
    if not difference >= LEAST_PSNR:  # also where it is not a number
        raise CheckpointError(
            f"the network in 8 bits differs from the one in float32 by {difference:.1f} dB PSNR, "
            f"less than {LEAST_PSNR:g}; not written"
        )
