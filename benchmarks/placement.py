"""Measure how reading depends on where a plate lies: `python3 -m benchmarks.placement`.

Each picture is made smaller, larger, or turned about its middle, its outermost pixels repeated
around it, and read: --labelled, blurred plates, once they are deblurred, by a network itself and by
the OCR engines; --sharp, sharp plates, as they are, by the engines alone: no deblurred picture can
be read better than those.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tabulate import tabulate

from benchmarks.given_pictures import read_plates
from benchmarks.running import run_benchmark
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.evaluation.measurement import (
    Check,
    Deblur,
    measure,
    run,
    summarise,
    with_colours,
)
from cnn_denoiser.evaluation.methods import deblur_by
from cnn_denoiser.evaluation.options import EvaluationOptions
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.measures.readers import PlateReader, start_readers
from cnn_denoiser.measures.scores import ReadingScore
from plumbing.commands.errors import UsageError
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import Parser
from plumbing.commands.signals import StopSignals
from plumbing.pictures.frame import HEIGHT, WIDTH, resize, to_frame


class Placement(NamedTuple):
    """How a picture is changed: its new size in old ones, its rotation anticlockwise in degrees."""

    zoom: float = 1.0
    rotation: float = 0.0


PLACEMENTS = (
    *(Placement(zoom=zoom) for zoom in (1.07, 1.0, 0.93, 0.86, 0.8)),
    *(Placement(rotation=degrees) for degrees in (4, 2, -2, -4)),
)


def place(picture: np.ndarray, placement: Placement) -> np.ndarray:
    """Return a picture, uint8 BGR or grey, as a frame that is smaller, larger or turned.

    About its middle; uint8 (90, 270, 3) or (90, 270).
    """
    middle = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    matrix = cv2.getRotationMatrix2D(middle, placement.rotation, placement.zoom)
    return cv2.warpAffine(
        resize(picture, WIDTH, HEIGHT),
        matrix,
        (WIDTH, HEIGHT),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )


def table(
    pictures: PictureSet,
    readers: Mapping[str, PlateReader],
    check: Check,
    deblur: Deblur | None = None,
) -> str:
    """Return a row a placement: letters and digits, and plates, by each reader; None: as it is."""
    rows = []
    for placement in PLACEMENTS:
        placed = [place(picture, placement) for picture in pictures.pictures]
        readings = None
        if deblur is not None:
            restored, _ = run(deblur, np.stack([to_frame(one) for one in placed]), check)
            placed, readings = with_colours(restored.frames, placed), restored.readings
        measurement = measure("placed", placed, pictures, readers, check)
        measurement.own_readings = readings
        summary = summarise(measurement, pictures.labels)
        by_engine = [_cell(score) for score in summary.reading.values()]
        own = [_cell(summary.own_reading)] if summary.own_reading else []
        rows.append([f"{placement.zoom:g}", f"{placement.rotation:g}", *own, *by_engine])
    by_itself = ["by itself"] if len(rows[0]) > 2 + len(readers) else []
    headers = ["zoom", "degrees", *by_itself, *readers]
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)


def _cell(score: ReadingScore) -> str:
    figures = (score.alphanumeric, score.plates)
    return " / ".join("" if figure is None else f"{figure:.1%}" for figure in figures)


def _read(folder: Path, labels: Path | None, signals: StopSignals) -> PictureSet:
    (pictures,) = read_plates(EvaluationOptions(labelled=folder, labels=labels), signals)
    return pictures


def _first(count: int, pictures: PictureSet) -> PictureSet:
    """Return the first of the pictures, without what `table` does not look at."""
    return dataclasses.replace(
        pictures,
        names=pictures.names[:count],
        pictures=pictures.pictures[:count],
        frames=pictures.frames[:count],
        labels=pictures.labels[:count],
        colours=pictures.colours[:count],
    )


def read_command_line() -> argparse.Namespace:
    """Return the options; `UsageError`."""
    parser = Parser(description=(__doc__ or "").splitlines()[0])
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--model", help="a shipped network (default: the default one)")
    network.add_argument("--checkpoint", type=path, help="a model folder or a run's folder")
    parser.add_argument("--labelled", type=path, help="a folder of blurred plates")
    parser.add_argument("--labels", type=path, help="(default: labels.csv beside them)")
    parser.add_argument("--sharp", type=path, help="a folder of sharp plates with labels.csv")
    parser.add_argument("--count", type=whole_number(1), default=300,
        help="sharp plates (default: 300)")  # fmt: skip
    options = parser.parse_args()
    if options.labelled is options.sharp is None:
        raise UsageError("nothing to measure on; give --labelled DIR, --sharp DIR or both")
    if options.labels is not None and options.labelled is None:
        raise UsageError("--labels belongs to --labelled DIR, which is missing")
    return options


def place_and_read(signals: StopSignals) -> None:
    """Print a table of blurred plates, of sharp ones, or of both."""
    options = read_command_line()
    blurred = options.labelled and _read(options.labelled, options.labels, signals)
    sharp = options.sharp and _first(options.count, _read(options.sharp, None, signals))
    readers = start_readers()
    if blurred is not None:
        reader = load_network(options.model, options.checkpoint)
        print(f"{len(blurred.frames)} blurred plates, deblurred by {reader.model}", end="\n\n")
        print(table(blurred, readers, signals.check, deblur_by(reader)), end="\n\n")
    if sharp is not None:
        print(f"{len(sharp.frames)} sharp plates, as they are", end="\n\n")
        print(table(sharp, readers, signals.check))


def main() -> int:
    """Run the benchmark and return its exit code."""
    return run_benchmark("placement", place_and_read)


if __name__ == "__main__":
    sys.exit(main())
