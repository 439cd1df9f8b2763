"""Measure how reading depends on where a plate lies: `python3 -m benchmarks.placement`.

Each picture is made smaller, larger, or turned about its middle, its outermost pixels repeated
around it, and read: --labelled, blurred plates, once they are deblurred, by a network itself and by
the OCR engines; --sharp, sharp plates, as they are, by the engines alone: no deblurred picture can
be read better than those.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tabulate import tabulate

from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.evaluation.measurement import Deblur, measure, run, summarise, with_colours
from cnn_denoiser.evaluation.methods import deblur_by
from cnn_denoiser.evaluation.picture_sets import PictureSet, read_labelled_folder
from cnn_denoiser.measures.readers import PlateReader, start_readers
from cnn_denoiser.measures.scores import ReadingScore
from plumbing.commands.numbers import whole_number
from plumbing.labels import Labels, read_labels
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
    pictures: PictureSet, readers: Mapping[str, PlateReader], deblur: Deblur | None = None
) -> str:
    """Return a row a placement: letters and digits, and plates, by each reader; None: as it is."""
    rows = []
    for placement in PLACEMENTS:
        placed = [place(picture, placement) for picture in pictures.pictures]
        readings = None
        if deblur is not None:
            restored, _ = run(deblur, np.stack([to_frame(one) for one in placed]), lambda: None)
            placed, readings = with_colours(restored.frames, placed), restored.readings
        measurement = measure("placed", placed, pictures, readers, lambda: None)
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


def _first(count: int, labels: Labels) -> Labels:
    return dataclasses.replace(labels, texts=dict(itertools.islice(labels.texts.items(), count)))


def main() -> None:
    """Print a table of blurred plates, of sharp ones, or of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--model", help="a shipped network (default: the default one)")
    network.add_argument("--checkpoint", type=Path, help="a model folder or a run's folder")
    parser.add_argument("--labelled", type=Path, help="a folder of blurred plates")
    parser.add_argument("--labels", type=Path, help="(default: labels.csv beside them)")
    parser.add_argument("--sharp", type=Path, help="a folder of sharp plates with labels.csv")
    parser.add_argument("--count", type=whole_number(1), default=300,
        help="sharp plates (default: 300)")  # fmt: skip
    options = parser.parse_args()
    if options.labelled is None and options.sharp is None:
        parser.error("give --labelled, --sharp or both")
    readers = start_readers()
    if options.labelled is not None:
        labels = read_labels(options.labels or options.labelled / "labels.csv")
        blurred = read_labelled_folder(options.labelled, labels, None)
        reader = load_network(options.model, options.checkpoint)
        print(f"{len(blurred.frames)} blurred plates, deblurred by {reader.model}", end="\n\n")
        print(table(blurred, readers, deblur_by(reader)), end="\n\n")
    if options.sharp is not None:
        labels = _first(options.count, read_labels(options.sharp / "labels.csv"))
        sharp = read_labelled_folder(options.sharp, labels, None)
        print(f"{len(sharp.frames)} sharp plates, as they are", end="\n\n")
        print(table(sharp, readers))


if __name__ == "__main__":
    main()
