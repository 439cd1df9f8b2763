"""Where not to believe a deblurred picture: Monte Carlo dropout.

Gal and Ghahramani 2016 (arXiv:1506.02142): a network that was trained with dropout is run several
times with dropout on; where its results differ, it is not sure of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from cnn_denoiser.checkpoints import (
    DROPOUT_ONNX,
    ONNX,
    CheckpointError,
    shipped_model_folder,
    shipped_models,
)
from cnn_denoiser.deblurring.network import load_from_folder, open_network
from cnn_denoiser.deblurring.runtimes import open_session
from cnn_denoiser.image_processing import to_network
from cnn_denoiser.onnx_seal import StaleOnnxError, verified_sha256

DEFAULT_PASSES = 20
# Passes that are computed at once: each takes some 20 MB with moussaka.
BATCH_SIZE = 4
# The deviation, in grey levels, from which on the heat map is at its brightest.
BRIGHTEST = 48


class UncertaintyEstimator:
    """A network with dropout, ready to tell how far its answers lie apart."""

    def __init__(self, dropout_onnx: Path, network_sha256: str, passes: int = DEFAULT_PASSES):
        """Load what `export` wrote beside a network's ONNX file, which it takes the weights from.

        `passes` is how often each picture is deblurred, 2 or more. Raises StaleOnnxError where the
        file is missing, damaged, or does not belong to the ONNX file of this sha256.
        """
        if passes < 2:
            raise ValueError(f"a deviation needs 2 passes or more. Received: {passes}")
        verified_sha256(dropout_onnx)
        self._session = open_session(dropout_onnx)
        metadata = self._session.get_modelmeta().custom_metadata_map
        if metadata.get("network_sha256") != network_sha256:
            raise StaleOnnxError(f"{dropout_onnx} does not belong to the {ONNX} beside it")
        self._passes = passes
        self._rates: dict[str, float] = json.loads(metadata["dropout_rates"])
        shapes = {given.name: given.shape[1:] for given in self._session.get_inputs()}
        (self._picture,) = shapes.keys() - self._rates.keys()
        self._shapes: dict[str, list[int]] = {name: shapes[name] for name in self._rates}

    def standard_deviation(self, frames: np.ndarray, seeds: Sequence[int]) -> np.ndarray:
        """Return how far the passes lie apart: float32 (N, 90, 270), in grey levels (0 to 255).

        `frames` are the blurred pictures, uint8 (N, 90, 270), `seeds` one number (0 or more) for
        each: a picture's result depends on nothing but the picture and its seed.
        """
        deviations = [
            self._deviation(picture, np.random.default_rng(seed))
            for picture, seed in zip(to_network(frames), seeds, strict=True)
        ]
        return np.stack(deviations) if deviations else np.empty(frames.shape, np.float32)

    def _deviation(self, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        results = []
        for start in range(0, self._passes, BATCH_SIZE):
            size = min(BATCH_SIZE, self._passes - start)
            masks = [self._draw_masks(rng) for _ in range(size)]
            given = {name: np.stack([mask[name] for mask in masks]) for name in self._rates}
            given[self._picture] = np.repeat(picture[np.newaxis], size, axis=0)
            (result,) = self._session.run(None, given)
            results.append(np.clip(result[..., 0], -1, 1))
        return 127.5 * np.concatenate(results).std(axis=0, ddof=1)

    def _draw_masks(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Return, for each dropout layer and one pass, which values are kept."""
        return {
            name: rng.random(self._shapes[name], np.float32) >= rate
            for name, rate in self._rates.items()
        }


def load_uncertainty(
    model: str | None = None, checkpoint: Path | None = None, passes: int = DEFAULT_PASSES
) -> UncertaintyEstimator:
    """Load a network as `load_network` does, to tell how far its answers lie apart.

    Raises CheckpointError, also where the network has no dropout.
    """

    def open_folder(folder: Path) -> UncertaintyEstimator:
        network = open_network(folder)
        if not network.has_dropout:
            raise CheckpointError(
                f"{network.model} has no dropout, without which its answers do not vary; "
                f"shipped networks that have it: {', '.join(_shipped_with_dropout()) or 'none'}"
            )
        return UncertaintyEstimator(folder / DROPOUT_ONNX, network.sha256, passes)

    return load_from_folder(model, checkpoint, open_folder)


def _shipped_with_dropout() -> list[str]:
    return [
        name for name in shipped_models() if (shipped_model_folder(name) / DROPOUT_ONNX).is_file()
    ]


def heat_map(frame: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return a picture above its uncertainty: uint8 BGR (180, 270, 3).

    `frame` is the deblurred picture, uint8 (90, 270), `deviation` float32 (90, 270) in grey
    levels: black where it is 0, by way of violet, red and orange to pale yellow at `BRIGHTEST` and
    above, whatever the picture, so that heat maps can be compared.
    """
    scaled = np.rint(np.clip(deviation / BRIGHTEST, 0, 1) * 255).astype(np.uint8)
    heat = cv2.applyColorMap(scaled, cv2.COLORMAP_INFERNO)
    return np.vstack([cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR), heat])
