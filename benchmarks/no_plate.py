"""Measure what a network says where there is no plate: `python3 -m benchmarks.no_plate FOLDER`.

It reads random crops of the pictures in FOLDER, which should show no plates, of the shapes and
sizes of plates; and lines of letters and digits, as they are and blurred. A bound that keeps those
out may lose plates: so it reads synthetic plates, too, and as a mirror shows them, and with
--plates a folder of plates. "Sure" is what is called a plate, too; "warned of" is that nothing can
be read.
"""

from __future__ import annotations

import argparse
import string
import sys
from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np
from tabulate import tabulate

from benchmarks.given_pictures import read_folder
from benchmarks.running import run_benchmark
from blurrer import list_profiles, make_pair
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.deblurring.plate_look import ASPECTS, without_text
from cnn_denoiser.deblurring.reading import DOUBTFUL, Reading
from cnn_denoiser.evaluation.measurement import run
from cnn_denoiser.evaluation.methods import deblur_by
from cnn_denoiser.evaluation.options import MOST_SYNTHETIC
from cnn_denoiser.evaluation.picture_sets import draw_plates
from plumbing.commands.errors import UsageError
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import Parser
from plumbing.commands.signals import StopSignals
from plumbing.pictures.frame import to_frame

WIDTHS = (60, 1000)  # pixels of a crop, as far as its picture is that large
LENGTH = 8  # characters of a line of text, as many as the longest plates have
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)
PROFILES = ("camera", "main")
HEADERS = (
    "", "pictures", "called a plate", "with a sure character", "sure as a whole",
    "least probable", "most probable", "warned of",
)  # fmt: skip


def crop(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Cut a random part out of a picture (H, W, ...), of the shape that a plate's crop may have."""
    height, width = picture.shape[:2]
    aspect = random.uniform(*ASPECTS)
    widest = min(WIDTHS[1], width, height * aspect)
    across = np.exp(random.uniform(np.log(min(WIDTHS[0], widest)), np.log(widest)))
    columns, rows = max(1, round(across)), max(1, round(across / aspect))
    left, top = random.integers(width - columns + 1), random.integers(height - rows + 1)
    return picture[top : top + rows, left : left + columns]


def text_line(random: np.random.Generator) -> np.ndarray:
    """Draw a line of random letters and digits on a plain ground: uint8 grey, about 4:1."""
    text = "".join(random.choice(list(string.ascii_uppercase + string.digits), LENGTH))
    font, thickness = int(random.choice(FONTS)), int(random.integers(2, 6))
    (width, height), _ = cv2.getTextSize(text, font, 2, thickness)
    ground = int(random.integers(256))
    ink = (ground + int(random.integers(80, 177))) % 256
    margin = int(random.integers(10, 30))
    picture = np.full((height + 2 * margin, width + 2 * margin), ground, np.uint8)
    cv2.putText(picture, text, (margin, margin + height), font, 2, ink, thickness, cv2.LINE_AA)
    return picture


def row(name: str, readings: Sequence[Reading]) -> list[str]:
    """Return a row of the table; only what is called a plate counts as sure."""
    plates = [reading for reading in readings if reading.is_plate]
    probabilities = [reading.probability for reading in readings]
    counts = (
        len(readings),
        len(plates),
        sum(any(one >= DOUBTFUL for one in reading.probabilities) for reading in plates),
        sum(reading.verdict == "sure" for reading in plates),
    )
    ends = (f"{100 * end(probabilities):.3g} %" for end in (min, max))
    warned = sum(bool(without_text(probability)) for probability in probabilities)
    return [name, *(f"{count:,}" for count in counts), *ends, f"{warned:,}"]


def read_command_line() -> argparse.Namespace:
    """Return the options; `UsageError`."""
    parser = Parser(description=(__doc__ or "").splitlines()[0])
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--model", help="a shipped network (default: the default one)")
    network.add_argument("--checkpoint", type=path, help="a model folder or a run's folder")
    parser.add_argument("folder", type=path, nargs="+", help="pictures without plates")
    parser.add_argument("--plates", type=path, help="a folder of blurred plates")
    parser.add_argument("--profile", choices=list_profiles(), action="append",
        help="how synthetic plates are blurred; repeatable (default: camera and main)")  # fmt: skip
    parser.add_argument("--count", type=whole_number(1, MOST_SYNTHETIC), default=500,
        help="crops, and as many lines and synthetic plates (default: 500)")  # fmt: skip
    parser.add_argument("--seed", type=whole_number(0), default=2017, help="(default: 2017)")
    return parser.parse_args()


def measure(signals: StopSignals) -> None:
    """Print a row for each set, and from which pictures the crops are that are called plates."""
    options = read_command_line()
    reader = load_network(options.model, options.checkpoint)
    if not reader.reads:
        raise UsageError(f"{reader.model} does not read plates")
    pictures = [one for folder in options.folder for one in read_folder(folder).items()]
    plates = list(read_folder(options.plates).values()) if options.plates else []
    rows = []

    def add(name: str, shown: Sequence[np.ndarray]) -> list[Reading]:
        frames = np.stack([to_frame(picture) for picture in shown])
        readings = run(deblur_by(reader), frames, signals.check)[0].readings or []
        rows.append(row(name, readings))
        return readings

    numbers = range(options.count)
    sources = [pictures[number % len(pictures)] for number in numbers]
    streams = [np.random.default_rng([options.seed, number]) for number in numbers]
    crops = [crop(picture, random) for (_, picture), random in zip(sources, streams, strict=True)]
    taken = add("crops", crops)
    lines = [text_line(random) for random in streams]
    add("lines of text", lines)
    pairs = zip(lines, streams, strict=True)
    blurred = [make_pair(line, random, PROFILES[0]).blurred for line, random in pairs]
    add(f"lines of text, {PROFILES[0]}", blurred)
    for profile in options.profile or PROFILES:
        drawn = draw_plates(options.count, profile, options.seed, signals.check)
        add(f"synthetic plates, {profile}", drawn.pictures)
        add("the same in a mirror", [picture[:, ::-1] for picture in drawn.pictures])
    if plates:
        add(f"plates of {options.plates.name}", plates)
    print(tabulate(rows, HEADERS, tablefmt="github", disable_numparse=True), end="\n\n")
    by_name = Counter(name for (name, _), one in zip(sources, taken, strict=True) if one.is_plate)
    called = (f"{name} {count}" for name, count in by_name.most_common())
    print(f"crops of {len(pictures)} pictures; called plates: {', '.join(called) or 'none'}")


def main() -> int:
    """Run the benchmark and return its exit code."""
    return run_benchmark("no_plate", measure)


if __name__ == "__main__":
    sys.exit(main())
