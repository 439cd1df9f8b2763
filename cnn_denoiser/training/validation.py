"""Validation: how well a network deblurs plates that it is not trained on.

The pictures, and how each is blurred, are the same in every validation and in every run on the
same data, so that figures can be compared.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from blurrer import Pair, make_pair
from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.measures.image_quality import psnr, ssim
from cnn_denoiser.measures.readers import start_reader
from cnn_denoiser.measures.scores import ReadingScore, score_reading
from cnn_denoiser.training.data.plates import PlatesInFolders, without_copies
from cnn_denoiser.training.losses import Loss
from plates import draw_plate

if TYPE_CHECKING:
    import keras

SEED = 20171
HELD_OUT_AT_MOST = 64
SYNTHETIC_PLATES = 64
BATCH_SIZE = 16  # of pictures deblurred at once; larger ones are no faster and take more memory

Figures = dict[str, float]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ValidationSet:
    """Plates kept from training, blurred once.

    blurred, sharp: uint8 `(N, 90, 270)`.
    labels:         what stands on each plate; None where that is not known.
    """

    blurred: np.ndarray
    sharp: np.ndarray
    labels: tuple[str | None, ...]


def hold_out(
    plates: PlatesInFolders, share: float
) -> tuple[PlatesInFolders, PlatesInFolders | None]:
    """Return the plates to train on, and those kept for validation: a share, at most 64.

    None are kept where the share is less than a picture. Files with the same content as one that
    is kept are left out of both.
    """
    count = min(int(share * len(plates)), HELD_OUT_AT_MOST)
    if not count:
        return plates, None
    order = _random(0).permutation(len(plates))
    kept, others = (
        PlatesInFolders(tuple(plates.paths[index] for index in sorted(part)))
        for part in (order[:count], order[count:])
    )
    return without_copies(others, kept), kept


def validate_on(
    plates: PlatesInFolders, labels: tuple[str | None, ...], profile: str
) -> ValidationSet:
    """Blur plates of one's own; `labels` run parallel to them. Raises `PictureError`."""
    pairs = []
    for index in range(len(plates)):
        random = _random(index + 1)
        pairs.append(make_pair(plates.picture(index, random), random, profile))
    return ValidationSet(*Pair.stack(pairs), labels)


def validate_on_synthetic(profile: str) -> ValidationSet:
    """Draw and blur synthetic plates, whose texts are known."""
    pairs, labels = [], []
    for index in range(SYNTHETIC_PLATES):
        random = _random(index + 1)
        plate, label = draw_plate(random)
        pairs.append(make_pair(plate, random, profile))
        labels.append(label)
    return ValidationSet(*Pair.stack(pairs), tuple(labels))


class Validation:
    """Measures a network on a validation set.

    The figures are means over the pictures: `loss`, what training minimises; `psnr` in dB; `ssim`
    where scikit-image is installed; `characters`, `alphanumeric` and `plates`, as evaluation counts
    them, where the OCR engine is installed and labels are known.
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
            keras.ops.convert_to_numpy(network(blurred[at : at + BATCH_SIZE], training=False))
            for at in range(0, len(blurred), BATCH_SIZE)
        ]
        return self._measure(np.concatenate(parts).astype(np.float32))

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

    def _read(self, frames: np.ndarray) -> Figures:
        if self._reader is None:
            return {}
        score = ReadingScore()
        for frame, label in zip(frames, self._pictures.labels, strict=True):
            if label is not None:
                score += score_reading(label, self._reader.read(frame))
        shares = {name: getattr(score, name) for name in ("characters", "alphanumeric", "plates")}
        return {name: share for name, share in shares.items() if share is not None}


def _random(index: int) -> np.random.Generator:
    # A spawn key keeps these streams apart from those of the training pairs, whatever their seed.
    return np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(index,)))


def _load_ssim() -> Callable[[np.ndarray, np.ndarray], float] | None:
    try:
        import skimage.metrics  # noqa: F401
    except ImportError:
        _log.info("scikit-image is not installed: validation without SSIM")
        return None
    return ssim
