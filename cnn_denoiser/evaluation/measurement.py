"""What a way of deblurring achieves on a set of pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

import numpy as np

from cnn_denoiser.evaluation.character_changes import CharacterChanges, count_changes
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.measures.image_quality import psnr, ssim
from cnn_denoiser.measures.readers import PlateReader
from cnn_denoiser.measures.scores import ReadingScore, score_reading

T = TypeVar("T")
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


def summarise(
    measurement: Measurement, labels: Sequence[str | None], chosen: Sequence[int] | None = None
) -> dict[str, float | None]:
    """Return the figures over the whole set, or its `chosen` pictures; None: not measured.

    PSNR and SSIM are the means over the pictures.
    """
    chosen = range(len(labels)) if chosen is None else chosen
    score = ReadingScore()
    for index in chosen:
        label, reading = labels[index], _at(measurement.readings, index)
        if label is not None and reading is not None:
            score += score_reading(label, reading)
    return {
        "psnr": _mean(_at(measurement.psnr, index) for index in chosen),
        "ssim": _mean(_at(measurement.ssim, index) for index in chosen),
        "characters": score.characters,
        "alphanumeric": score.alphanumeric,
        "plates": score.plates,
        "milliseconds": measurement.milliseconds,
    }


def summarise_changes(
    before: Measurement, after: Measurement, labels: Sequence[str | None]
) -> CharacterChanges | None:
    """Count what a method did to the characters of the plates; None where nothing was read."""
    if before.readings is None or after.readings is None:
        return None
    changes = CharacterChanges()
    for label, first, second in zip(labels, before.readings, after.readings, strict=True):
        if label is not None and first is not None and second is not None:
            changes += count_changes(label, first, second)
    return changes


def _at(values: Sequence[T | None] | None, index: int) -> T | None:
    return None if values is None else values[index]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
