"""What a way of deblurring achieves on a set of pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import NamedTuple, TypeVar

import numpy as np

from cnn_denoiser.deblurring.reading import Reading
from cnn_denoiser.deblurring.restoration import restore
from cnn_denoiser.evaluation.character_changes import CharacterChanges, count_changes
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.measures.image_quality import psnr, ssim
from cnn_denoiser.measures.plate_texts import plate_text
from cnn_denoiser.measures.readers import PlateReader
from cnn_denoiser.measures.scores import ReadingScore, score_reading
from plumbing.pictures.frame import HEIGHT, WIDTH

T = TypeVar("T")
Check = Callable[[], None]  # is called between two pictures, and raises to stop

READ = ("characters", "alphanumeric", "plates")  # the figures of `ReadingScore`
_BATCH = 32  # pictures that are deblurred between two checks


class Restored(NamedTuple):
    """What a method makes of blurred frames.

    frames:   uint8 grey (N, 90, 270).
    readings: what a network that reads has read in the blurred ones; None for other methods.
    """

    frames: np.ndarray
    readings: list[Reading] | None = None


Deblur = Callable[[np.ndarray], Restored]  # of blurred frames, uint8 grey (N, 90, 270)


@dataclass
class Measurement:
    """One method on one set. Lists run parallel to the set's pictures.

    outputs:      the method's pictures, uint8; None where there is none.
    milliseconds: time a picture, of a single run; None where nothing was run.
    psnr, ssim:   against the targets; None where the set has none.
    readings:     by OCR engine, what it read: "" for a missing output, None where nothing is known
                  of that plate. Empty where no engine was asked.
    own_readings: what the method itself, a network, has read in the blurred pictures; None where it
                  does not read.
    """

    method: str
    outputs: list[np.ndarray | None]
    milliseconds: float | None = None
    psnr: list[float | None] | None = None
    ssim: list[float | None] | None = None
    readings: dict[str, list[str | None]] = field(default_factory=dict)
    own_readings: list[Reading] | None = None


@dataclass(frozen=True)
class Summary:
    """A measurement over a set, or a part of it; None: not measured.

    psnr, ssim:  means over the pictures.
    reading:     the score by OCR engine.
    read_by_all: share of the fully known plates that every engine reads right.
    own_reading: the score of what the method itself has read.
    """

    psnr: float | None
    ssim: float | None
    reading: dict[str, ReadingScore]
    read_by_all: float | None
    own_reading: ReadingScore | None

    def mean(self, figure: str) -> float | None:
        """Return the mean over the engines of a figure of `READ`."""
        return _mean(getattr(score, figure) for score in self.reading.values())


def each_frame(function: Callable[[np.ndarray], np.ndarray]) -> Deblur:
    """Make of a function of one frame, uint8 grey `(90, 270)`, a function of many."""
    return lambda frames: Restored(np.stack([function(frame) for frame in frames]))


def run(deblur: Deblur, frames: np.ndarray, check: Check) -> tuple[Restored, float]:
    """Deblur frames; return the results and the milliseconds a picture took."""
    start = time.perf_counter()
    parts = []
    for at in range(0, len(frames), _BATCH):
        check()
        parts.append(deblur(frames[at : at + _BATCH]))
    milliseconds = 1000 * (time.perf_counter() - start) / len(frames)
    readings = [reading for part in parts for reading in part.readings or ()]
    results = np.concatenate([part.frames for part in parts])
    return Restored(results, readings or None), milliseconds


def with_colours(frames: np.ndarray, pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Give results, uint8 grey (N, 90, 270), their pictures' colours, as the command does."""
    pairs = zip(frames, pictures, strict=True)
    return [restore(frame, WIDTH, HEIGHT, picture) for frame, picture in pairs]


def measure(
    method: str,
    outputs: Sequence[np.ndarray | None],
    pictures: PictureSet,
    readers: Mapping[str, PlateReader],
    check: Check,
) -> Measurement:
    """Compare outputs with the set's targets and have the OCR engines read them."""
    measurement = Measurement(method, list(outputs))
    if pictures.targets is not None:
        pairs = list(zip(pictures.targets, outputs, strict=True))
        measurement.psnr = [None if o is None else psnr(target, o) for target, o in pairs]
        measurement.ssim = [None if o is None else ssim(target, o) for target, o in pairs]

    def read(reader: PlateReader, label: str | None, output: np.ndarray | None) -> str | None:
        check()
        if label is None:
            return None
        return "" if output is None else reader.read(output)

    if any(pictures.labels):
        measurement.readings = {
            name: [read(reader, *item) for item in zip(pictures.labels, outputs, strict=True)]
            for name, reader in readers.items()
        }
    return measurement


def summarise(
    measurement: Measurement, labels: Sequence[str | None], chosen: Sequence[int] | None = None
) -> Summary:
    """Return the figures over the whole set, or its `chosen` pictures."""
    chosen = range(len(labels)) if chosen is None else chosen
    scores = {
        engine: [
            score_reading(label, reading)
            for index in chosen
            if (label := labels[index]) is not None and (reading := readings[index]) is not None
        ]
        for engine, readings in measurement.readings.items()
    }
    plates = [scores_of_one for scores_of_one in zip(*scores.values(), strict=True)]
    full = [scores_of_one for scores_of_one in plates if scores_of_one[0].full]
    return Summary(
        psnr=_mean(_at(measurement.psnr, index) for index in chosen),
        ssim=_mean(_at(measurement.ssim, index) for index in chosen),
        reading={engine: sum(found, ReadingScore()) for engine, found in scores.items()},
        read_by_all=_mean(float(all(score.right for score in scores)) for scores in full),
        own_reading=_own_score(measurement, labels, chosen),
    )


def _own_score(
    measurement: Measurement, labels: Sequence[str | None], chosen: Sequence[int]
) -> ReadingScore | None:
    if measurement.own_readings is None or not any(labels):
        return None
    scores = (
        score_reading(label, plate_text(measurement.own_readings[index].text))
        for index in chosen
        if (label := labels[index]) is not None
    )
    return sum(scores, ReadingScore())


def summarise_changes(
    before: Measurement, after: Measurement, labels: Sequence[str | None]
) -> dict[str, CharacterChanges]:
    """Count, by OCR engine, what a method did to the characters of the plates."""
    return {
        engine: sum(
            (
                count_changes(label, first, second)
                for label, first, second in zip(labels, firsts, after.readings[engine], strict=True)
                if label is not None and first is not None and second is not None
            ),
            CharacterChanges(),
        )
        for engine, firsts in before.readings.items()
        if engine in after.readings
    }


def _at(values: Sequence[T | None] | None, index: int) -> T | None:
    return None if values is None else values[index]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
