"""Several methods, measured on the same set of pictures: as a table, as JSON, as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tabulate import tabulate
from tqdm import tqdm

from cnn_denoiser.contact_sheet import contact_sheet
from cnn_denoiser.evaluation.measurement import Deblur, Measurement, measure, run, summarise
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.evaluation.plate_reading import PlateReader, letters_and_digits

BLURRED = "blurred"  # the method that leaves a picture as it is
SHARP = "sharp"  # the method that knows the target
HEADINGS = {
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "characters": "characters",
    "alphanumeric": "alphanumeric",
    "plates": "plates",
    "milliseconds": "ms",
}
DECIMALS = {"psnr": 2, "milliseconds": 1}
SHEET_ROWS = 12  # pictures of each set on the contact sheet


@dataclass
class Comparison:
    """The measurements of all methods on one set."""

    pictures: PictureSet
    measurements: list[Measurement]


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
    measurements = []
    for method in (bar := tqdm(methods, disable=None, leave=False)):
        bar.set_description(method)
        if method in deblurs:
            results, milliseconds = run(deblurs[method], pictures.frames)
            measurements.append(measure(method, results, pictures, reader, milliseconds))
        else:
            measurements.append(measure(method, finished[method], pictures, reader))
    return Comparison(pictures, measurements)


def to_table(comparison: Comparison) -> str:
    """Return a Markdown table, a method a row; what nobody measured has no column."""
    labels = comparison.pictures.labels
    summaries = {m.method: summarise(m, labels) for m in comparison.measurements}
    columns = [
        name
        for name in HEADINGS
        if any(summary[name] is not None for summary in summaries.values())
    ]
    rows = [
        [method, *(_figure(name, summary[name]) for name in columns)]
        for method, summary in summaries.items()
    ]
    return tabulate(
        rows,
        headers=["method", *(HEADINGS[name] for name in columns)],
        tablefmt="github",
        disable_numparse=True,
        colalign=["left", *("right" for _ in columns)],
    )


def to_json(comparison: Comparison) -> dict[str, Any]:
    """Return everything that was measured, each picture's figures and reading included.

    Not measured, and infinite (the PSNR of equal pictures), is None.
    """
    pictures = comparison.pictures
    methods = {}
    for measurement in comparison.measurements:
        each: dict[str, dict[str, Any]] = {name: {} for name in pictures.names}
        for figure in ("psnr", "ssim", "readings"):
            for name, value in zip(
                pictures.names, getattr(measurement, figure) or (), strict=False
            ):
                each[name][figure.removesuffix("s")] = _finite(value)
        summary = summarise(measurement, pictures.labels)
        methods[measurement.method] = {
            **{name: _finite(value) for name, value in summary.items()},
            "pictures": each,
        }
    return {
        "set": pictures.description,
        "labels": dict(zip(pictures.names, pictures.labels, strict=True)),
        "methods": methods,
    }


def to_sheet(comparisons: list[Comparison]) -> np.ndarray:
    """Lay out pictures of every set, evenly spread over it, as one uint8 BGR picture.

    A row a plate: what each method made of it, with the letters and digits that were read from
    that; last the sharp plate, where there is one, with what it says.
    """
    methods = dict.fromkeys(
        m.method for c in comparisons for m in c.measurements if m.method != SHARP
    )
    rows, captions = [], []
    for comparison in comparisons:
        pictures = comparison.pictures
        measured = {m.method: m for m in comparison.measurements}
        for index in _spread(len(pictures.names), SHEET_ROWS):
            row: list[np.ndarray | None] = []
            texts = []
            for method in methods:
                row.append(measured[method].outputs[index] if method in measured else None)
                texts.append(_reading(measured.get(method), index))
            row.append(None if pictures.targets is None else pictures.targets[index])
            texts.append(letters_and_digits(pictures.labels[index] or ""))
            rows.append(row)
            captions.append(texts)
    sharp_known = any(c.pictures.targets is not None for c in comparisons)
    titles = [*methods, SHARP if sharp_known else "what it says"]
    return contact_sheet(rows, titles, captions)


def _spread(count: int, wanted: int) -> list[int]:
    """Return up to `wanted` indices below `count`, first and last included."""
    return sorted({round(i) for i in np.linspace(0, count - 1, min(wanted, count))})


def _reading(measurement: Measurement | None, index: int) -> str:
    if measurement is None or measurement.readings is None:
        return ""
    return letters_and_digits(measurement.readings[index] or "")


def _figure(name: str, value: float | None) -> str:
    return "" if value is None else f"{value:.{DECIMALS.get(name, 3)}f}"


def _finite(value: float | str | None) -> float | str | None:
    return None if isinstance(value, float) and not math.isfinite(value) else value
