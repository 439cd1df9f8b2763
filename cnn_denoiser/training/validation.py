"""Validation: how well a network deblurs plates that it is not trained on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.measures.image_quality import psnr, ssim
from cnn_denoiser.measures.readers import start_reader
from cnn_denoiser.measures.scores import ReadingScore, score_reading
from cnn_denoiser.training.data.validation_set import ValidationSet
from cnn_denoiser.training.losses import Loss
from plates.slots import decode

if TYPE_CHECKING:
    import keras

BATCH_SIZE = 16  # of pictures deblurred at once; larger ones are no faster and take more memory

Figures = dict[str, float]
_log = logging.getLogger(__name__)


class Validation:
    """Measures a network on a validation set.

    The figures are means over the pictures: `loss`, what training minimises; `psnr` in dB; `ssim`
    where scikit-image is installed; `characters`, `alphanumeric` and `plates`, as evaluation counts
    them, where the OCR engine is installed and labels are known; `own_characters` and so on the
    same of what the network itself reads, if it does.
    """

    def __init__(self, pictures: ValidationSet, loss: Loss) -> None:
        """Load what measures; what is missing is logged."""
        self._pictures = pictures
        self._loss = loss
        self._ssim = _load_ssim()
        self._reader = start_reader() if any(pictures.labels) else None
        self.blurred = self._measure(to_network(pictures.blurred))
        """The figures of doing nothing."""

    def validate(self, network: keras.Model) -> Figures:
        """Return the figures of what a network makes of the blurred pictures."""
        import keras

        blurred = to_network(self._pictures.blurred)
        parts = [
            [
                keras.ops.convert_to_numpy(output).astype(np.float32)
                for output in keras.tree.flatten(
                    network(blurred[at : at + BATCH_SIZE], training=False)
                )
            ]
            for at in range(0, len(blurred), BATCH_SIZE)
        ]
        deblurred, *logits = (np.concatenate(outputs) for outputs in zip(*parts, strict=True))
        figures = self._measure(deblurred)
        return figures | self._score_logits(logits[0]) if logits else figures

    def _measure(self, deblurred: np.ndarray) -> Figures:
        """Return the figures of float32 `(N, 90, 270, 1)`."""
        import keras

        sharp = self._pictures.sharp
        loss = keras.ops.convert_to_numpy(self._loss(to_network(sharp), deblurred))
        frames = from_network(deblurred)
        pairs = list(zip(sharp, frames, strict=True))
        figures = {
            "loss": float(loss),
            "psnr": float(np.mean([psnr(target, frame) for target, frame in pairs])),
        }
        if self._ssim:
            figures["ssim"] = float(np.mean([self._ssim(target, frame) for target, frame in pairs]))
        return figures | self._read(frames)

    def _score_logits(self, logits: np.ndarray) -> Figures:
        """Return how well the network itself reads; logits float32 `(N, 8, 73)`."""
        texts = [decode(classes) for classes in logits.argmax(axis=-1)]
        score = sum(
            (
                score_reading(label, text)
                for label, text in zip(self._pictures.labels, texts, strict=True)
                if label is not None
            ),
            ReadingScore(),
        )
        return {f"own_{name}": share for name, share in _shares(score).items()}

    def _read(self, frames: np.ndarray) -> Figures:
        if self._reader is None:
            return {}
        score = ReadingScore()
        for frame, label in zip(frames, self._pictures.labels, strict=True):
            if label is not None:
                score += score_reading(label, self._reader.read(frame))
        return _shares(score)


def _shares(score: ReadingScore) -> Figures:
    shares = {name: getattr(score, name) for name in ("characters", "alphanumeric", "plates")}
    return {name: share for name, share in shares.items() if share is not None}


def _load_ssim() -> Callable[[np.ndarray, np.ndarray], float] | None:
    try:
        import skimage.metrics  # noqa: F401
    except ImportError:
        _log.info("scikit-image is not installed: validation without SSIM")
        return None
    return ssim
