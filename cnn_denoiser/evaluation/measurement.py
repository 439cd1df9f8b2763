"""What a way of deblurring achieves on a set of pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from cnn_denoiser.evaluation.metrics import psnr, ssim
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.evaluation.plate_reading import PlateReader, ReadingScore, score_reading

Deblur = Callable[[np.ndarray], np.ndarray]  # uint8 grey (N, 90, 270) to the same


@dataclass
class Measurement:
    """One method on one set. Lists run parallel to the set's pictures.

    outputs:      the method's pictures, uint8; None where there is none.
    milliseconds: time a picture, of a single run; None where nothing was run.
    psnr, ssim:   against the targets; None where the set has none.
    readings:     what the OCR engine read, "" for a missing output; None where nobody was asked,
                  or nothing is known of that plate.
    """

    method: str
    outputs: list[np.ndarray | None]
    milliseconds: float | None
    psnr: list[float | None] | None
    ssim: list[float | None] | None
    readings: list[str | None] | None


def each_frame(function: Callable[[np.ndarray], np.ndarray]) -> Deblur:
    """Make of a function of one frame, uint8 grey `(90, 270)`, a function of many."""
    return lambda frames: np.stack([function(frame) for frame in frames])


def run(deblur: Deblur, frames: np.ndarray) -> tuple[list[np.ndarray], float]:
    """Deblur frames; return the results and the milliseconds a picture took."""
    start = time.perf_counter()
    results = list(deblur(frames))
    return results, 1000 * (time.perf_counter() - start) / len(frames)


def measure(
    method: str,
    outputs: Sequence[np.ndarray | None],
    pictures: PictureSet,
    reader: PlateReader | None,
    milliseconds: float | None = None,
) -> Measurement:
    """Compare outputs with the set's targets and have the OCR engine read them."""
    measurement = Measurement(method, list(outputs), milliseconds, None, None, None)
    if pictures.targets is not None:
        pairs = list(zip(pictures.targets, outputs, strict=True))
        measurement.psnr = [None if o is None else psnr(target, o) for target, o in pairs]
        measurement.ssim = [None if o is None else ssim(target, o) for target, o in pairs]
    if reader is not None and any(pictures.labels):
        measurement.readings = [
            None if label is None else "" if output is None else reader.read(output)
            for label, output in zip(pictures.labels, outputs, strict=True)
        ]
    return measurement


def summarise(measurement: Measurement, labels: Sequence[str | None]) -> dict[str, float | None]:
    """Return the figures over the whole set by name; None for what was not measured.

    PSNR and SSIM are the means over the pictures.
    """
    score = ReadingScore()
    for label, reading in zip(labels, measurement.readings or [None] * len(labels), strict=True):
        if label is not None and reading is not None:
            score += score_reading(label, reading)
    return {
        "psnr": _mean(measurement.psnr),
        "ssim": _mean(measurement.ssim),
        "characters": score.characters,
        "alphanumeric": score.alphanumeric,
        "plates": score.plates,
        "milliseconds": measurement.milliseconds,
    }


def _mean(values: Sequence[float | None] | None) -> float | None:
    known = [value for value in values or () if value is not None]
    return fmean(known) if known else None
