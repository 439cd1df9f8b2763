"""Several methods, measured on the same set of pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from cnn_denoiser.evaluation.measurement import (
    Deblur,
    Measurement,
    measure,
    run,
    summarise,
    summarise_changes,
)
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.evaluation.plate_colour import COLOURS
from cnn_denoiser.measures.readers import PlateReader

BLURRED = "blurred"  # the method that leaves a picture as it is
SHARP = "sharp"  # the method that knows the target


@dataclass
class Comparison:
    """The measurements of all methods on one set, by method; the first is that of doing nothing."""

    pictures: PictureSet
    measurements: dict[str, Measurement]

    def with_colour(self, colour: str) -> list[int]:
        """Return the indices of the pictures that show a plate of this colour."""
        return [index for index, found in enumerate(self.pictures.colours) if found == colour]


def compare(
    pictures: PictureSet,
    deblurs: Mapping[str, Deblur],
    outputs: Mapping[str, Sequence[np.ndarray | None]],
    reader: PlateReader | None,
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
        bar.set_description(method)
        if method in deblurs:
            results, milliseconds = run(deblurs[method], pictures.frames)
            measurements[method] = measure(method, results, pictures, reader, milliseconds)
        else:
            measurements[method] = measure(method, finished[method], pictures, reader)
    return Comparison(pictures, measurements)


def to_json(comparison: Comparison, parameters: Mapping[str, int | None]) -> dict[str, Any]:
    """Return everything that was measured, each picture's figures and reading included.

    Not measured, and infinite (the PSNR of equal pictures), is None. `parameters` are those of the
    networks, by method.
    """
    pictures = comparison.pictures
    before = comparison.measurements[BLURRED]
    by_colour = {colour: chosen for colour in COLOURS if (chosen := comparison.with_colour(colour))}
    methods = {}
    for method, measurement in comparison.measurements.items():
        changes = summarise_changes(before, measurement, pictures.labels)
        methods[method] = {
            **_finite_figures(measurement, pictures.labels, None),
            "parameters": parameters.get(method),
            "changes": None if changes is None else asdict(changes),
            "by_colour": {
                colour: _finite_figures(measurement, pictures.labels, chosen)
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


def _each_picture(measurement: Measurement, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    each: dict[str, dict[str, Any]] = {name: {} for name in names}
    for figure, values in (
        ("psnr", measurement.psnr),
        ("ssim", measurement.ssim),
        ("reading", measurement.readings),
    ):
        for name, value in zip(names, values or (), strict=values is not None):
            each[name][figure] = _finite(value)
    return each


def _finite_figures(
    measurement: Measurement, labels: Sequence[str | None], chosen: Sequence[int] | None
) -> dict[str, float | str | None]:
    summary = summarise(measurement, labels, chosen)
    return {name: _finite(value) for name, value in summary.items()}


def _finite(value: float | str | None) -> float | str | None:
    return None if isinstance(value, float) and not math.isfinite(value) else value
