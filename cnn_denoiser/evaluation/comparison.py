"""Several methods, measured on the same set of pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from cnn_denoiser.deblurring.reporting.reading_row import rounded_down
from cnn_denoiser.evaluation.measurement import (
    READ,
    Check,
    Deblur,
    Measurement,
    Summary,
    measure,
    run,
    summarise,
    summarise_changes,
    with_colours,
)
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.evaluation.plate_colour import COLOURS
from cnn_denoiser.evaluation.reliability import Bin, Confidences, confidences
from cnn_denoiser.measures.readers import PlateReader
from cnn_denoiser.measures.scores import ReadingScore
from plumbing.commands.notices import printable

NETWORK = "network"  # who reads, beside the OCR engines
BLURRED = "blurred"  # the method that leaves a picture as it is
SHARP = "sharp"  # the method that knows the target


@dataclass
class Comparison:
    """The measurements of all methods on one set, by method; the first is that of doing nothing."""

    pictures: PictureSet
    measurements: dict[str, Measurement]

    @property
    def engines(self) -> list[str]:
        """The OCR engines that were asked."""
        return list(self.measurements[BLURRED].readings)

    def confidences(self, method: str) -> Confidences | None:
        """Return how sure a network was of what it read, and what was right; None: read nothing."""
        readings = self.measurements[method].own_readings
        return None if readings is None else confidences(readings, self.pictures.labels)

    def with_colour(self, colour: str) -> list[int]:
        """Return the indices of the pictures that show a plate of this colour."""
        return [index for index, found in enumerate(self.pictures.colours) if found == colour]


def compare(
    pictures: PictureSet,
    deblurs: Mapping[str, Deblur],
    outputs: Mapping[str, Sequence[np.ndarray | None]],
    readers: Mapping[str, PlateReader],
    check: Check = lambda: None,
) -> Comparison:
    """Measure on one set: doing nothing, `deblurs`, ready-made `outputs`, and the sharp pictures.

    `outputs` run parallel to the set's pictures. A progress bar shows on a terminal.
    """
    finished = {BLURRED: pictures.pictures, **outputs}
    if pictures.targets is not None:
        finished[SHARP] = list(pictures.targets)
    methods = list(dict.fromkeys([BLURRED, *deblurs, *finished]))
    measurements = {}
    for method in (bar := tqdm(methods, disable=None, leave=False)):
        bar.set_description(printable(method))
        if method in deblurs:
            restored, milliseconds = run(deblurs[method], pictures.frames, check)
            results = with_colours(restored.frames, pictures.pictures)
            measurements[method] = measure(method, results, pictures, readers, check)
            measurements[method].milliseconds = milliseconds
            measurements[method].own_readings = restored.readings
        else:
            measurements[method] = measure(method, finished[method], pictures, readers, check)
    return Comparison(pictures, measurements)


def to_json(comparison: Comparison, parameters: Mapping[str, int | None]) -> dict[str, Any]:
    """Return everything that was measured, each picture's figures and readings included.

    Not measured, and infinite (the PSNR of equal pictures), is None. `parameters` are those of the
    networks, by method.
    """
    pictures = comparison.pictures
    before = comparison.measurements[BLURRED]
    by_colour = {colour: chosen for colour in COLOURS if (chosen := comparison.with_colour(colour))}
    methods = {}
    for method, measurement in comparison.measurements.items():
        changes = summarise_changes(before, measurement, pictures.labels)
        figures = _figures(summarise(measurement, pictures.labels))
        found = comparison.confidences(method)
        if found is not None and NETWORK in figures["reading"]:
            figures["reading"][NETWORK] |= _how_sure(found)
        methods[method] = {
            **figures,
            "reliability": None if found is None else [_bin(one) for one in found.bins],
            "milliseconds": measurement.milliseconds,
            "parameters": parameters.get(method),
            "changes": {engine: asdict(counts) for engine, counts in changes.items()},
            "by_colour": {
                colour: _figures(summarise(measurement, pictures.labels, chosen))
                for colour, chosen in by_colour.items()
            },
            "pictures": _each_picture(measurement, pictures.names),
        }
    return {
        "set": pictures.description,
        "labels": dict(zip(pictures.names, pictures.labels, strict=True)),
        "colours": dict(zip(pictures.names, pictures.colours, strict=True)),
        "methods": methods,
    }


def _figures(summary: Summary) -> dict[str, Any]:
    """Return figures; in `reading` by engine, their mean, and the plates that all read right.

    There also, but not in the mean, by the network itself where it reads.
    """
    reading: dict[str, dict[str, Any]] = {
        engine: _read(score) for engine, score in summary.reading.items()
    }
    if reading:
        reading["mean"] = {figure: summary.mean(figure) for figure in READ}
        reading["all"] = {"plates": summary.read_by_all}
    if summary.own_reading is not None:
        reading[NETWORK] = _read(summary.own_reading)
    return {"psnr": _finite(summary.psnr), "ssim": summary.ssim, "reading": reading}


def _read(score: ReadingScore) -> dict[str, float | None]:
    return {figure: getattr(score, figure) for figure in READ}


def _how_sure(found: Confidences) -> dict[str, Any]:
    """Return the expected calibration error, and what is right of how many sure characters."""
    return {
        "expected_calibration_error": found.expected_error,
        "compared": len(found.right),
        "sure": _bin(found.sure),
    }


def _bin(one: Bin) -> dict[str, Any]:
    if not one.characters:
        return {"characters": 0, "probability": None, "right": None}
    return one._asdict()


def _each_picture(measurement: Measurement, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    each: dict[str, dict[str, Any]] = {name: {} for name in names}
    for figure, values in (("psnr", measurement.psnr), ("ssim", measurement.ssim)):
        for name, value in zip(names, values or (), strict=values is not None):
            each[name][figure] = _finite(value)
    for engine, readings in measurement.readings.items():
        for name, reading in zip(names, readings, strict=True):
            each[name].setdefault("readings", {})[engine] = reading
    if (own := measurement.own_readings) is not None:
        for name, one in zip(names, own, strict=True):
            each[name].setdefault("readings", {})[NETWORK] = one.text
            each[name]["probabilities"] = [rounded_down(value) for value in one.probabilities]
    return each


def _finite(value: float | None) -> float | None:
    return None if value is not None and not math.isfinite(value) else value
