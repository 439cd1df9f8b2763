"""Are characters that are read wrongly less certain? `python3 -m benchmarks.uncertainty`.

Synthetic plates, whose characters and their places are known, are blurred and deblurred, and an OCR
engine reads the results. For each character's cell the table compares whether what was read in its
place is right with two figures: its brightness in the heat map, which is how far Monte Carlo
dropout (`--uncertainty` of `deblur_images.py`) says that its pixels may be off, on average; and, as
a figure that needs no dropout, the contrast of the deblurred picture there.

`area` is how well a figure tells the wrong characters: how often, of a character read wrongly and
one read rightly, the wrong one is the brighter (or the fainter) of the two: 1 always, 0.5 as often
as not. It is the area under the receiver operating characteristic. `on one plate` counts only pairs
that stand on the same plate, where blur and light are the same.

The plates fill the frame, as nothing here moves or turns them, and the cells are where the standard
puts them. Plates are cut out a little too wide or too tight, which moves a cell by up to 5 pixels;
the cells are 34 apart.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blurrer import HEIGHT, WIDTH, degradations, geometry, kernels
from cnn_denoiser.checkpoints import CheckpointError
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.deblurring.uncertainty import DEFAULT_PASSES, load_uncertainty
from cnn_denoiser.evaluation.plate_reading import (
    LETTERS_AND_DIGITS,
    LOOK_ALIKES,
    PlateReader,
    ReaderMissingError,
    align,
)
from cnn_denoiser.image_processing import to_frame
from plates import draw_plate, layout
from plates.render import KIND_SHARES


@dataclass(frozen=True)
class Character:
    """One character of a plate.

    deviation:  the mean over its cell of what Monte Carlo dropout gives, in grey levels.
    faintness:  how far the deblurred grey levels of its cell are from the greatest contrast there
                can be: 127.5 less their standard deviation.
    """

    plate: int
    character: str
    right: bool
    deviation: float
    faintness: float


FIGURES: dict[str, Callable[[Character], float]] = {
    "heat map, brighter": lambda character: character.deviation,
    "picture, fainter": lambda character: character.faintness,
}


def blur(frame: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur a frame where it is: movement and softness, low resolution, noise, JPEG.

    A difficulty d from 0 to 1 scales all of it, as in the blurrer's profile `camera`.
    """
    difficulty = rng.random()
    kernel = kernels.combine(
        kernels.motion(rng.uniform(4 + 6 * difficulty, 9 + 24 * difficulty), rng.uniform(0, 180)),
        kernels.gaussian(rng.uniform(0.5, 0.8 + 1.6 * difficulty)),
    )
    across = round(WIDTH / rng.uniform(1.5 + difficulty, 3.5 + 4 * difficulty))
    small = degradations.resize(degradations.convolve(frame, kernel), across, across // 3)
    level = rng.uniform(0, 2 + 4 * difficulty)
    noisy = degradations.noise(small, rng, level, level)
    coded = degradations.jpeg(noisy, round(rng.uniform(75 - 50 * difficulty, 92)))
    return degradations.resize(coded, WIDTH, HEIGHT, "cubic")


def cells(kind: str, text: str) -> list[tuple[slice, slice]]:
    """Return the rows and columns of the frame that each character of a plate fills."""
    plan = layout.layout(kind, text)
    down, across = HEIGHT / layout.HEIGHT, WIDTH / plan.width
    top, bottom = layout.CELL_TOP, layout.CELL_TOP + layout.CELL_HEIGHT
    rows = slice(round(top * down), round(bottom * down))
    return [
        (rows, slice(round(cell.x * across), round((cell.x + cell.width) * across)))
        for cell in plan.cells
    ]


def measure(
    model: str, checkpoint: Path | None, count: int, seed: int, passes: int
) -> list[Character]:
    """Blur, deblur and read so many plates; return their characters."""
    network = load_network(model, checkpoint)
    estimator = load_uncertainty(model, checkpoint, passes)
    reader = PlateReader()
    characters = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        kind = str(rng.choice(list(KIND_SHARES), p=list(KIND_SHARES.values())))
        plate, text = draw_plate(rng, kind)
        blurred = blur(to_frame(geometry.fit(plate)), rng)[np.newaxis]
        (deblurred,) = network.deblur(blurred)
        (deviation,) = estimator.standard_deviation(blurred, [number])
        wanted = text.translate(LOOK_ALIKES)
        places = zip(wanted, align(wanted, reader.read(deblurred)), cells(kind, text), strict=True)
        for character, seen, cell in places:
            figures = float(deviation[cell].mean()), 127.5 - float(deblurred[cell].std())
            characters.append(Character(number, character, character == seen, *figures))
    return characters


def compare(wrong: list[float], right: list[float]) -> tuple[float, int]:
    """Return in how many pairs the wrong one's figure is the higher, and how many pairs there are.

    Where both are equal, half a pair is counted.
    """
    ordered = np.sort(right)
    below = np.searchsorted(ordered, wrong, "left") + np.searchsorted(ordered, wrong, "right")
    return float(below.sum()) / 2, len(wrong) * len(right)


def area(groups: Iterable[list[Character]], figure: Callable[[Character], float]) -> float:
    """Return the share of pairs, wrong and right in one group, where the wrong one has more."""
    counts = [
        compare([figure(c) for c in group if not c.right], [figure(c) for c in group if c.right])
        for group in groups
    ]
    higher, pairs = np.sum(counts, axis=0)
    return higher / pairs if pairs else float("nan")


def print_table(name: str, characters: list[Character]) -> None:
    """Print what the two figures are for right and wrong characters, and what they tell."""
    right = [c for c in characters if c.right]
    wrong = [c for c in characters if not c.right]
    print(f"{name + ':':<22}{len(right)} read rightly, {len(wrong)} wrongly")
    if not right or not wrong:
        return
    plates = [
        [c for c in characters if c.plate == plate] for plate in {c.plate for c in characters}
    ]
    for label, figure in FIGURES.items():
        means = [np.mean([figure(c) for c in part]) for part in (right, wrong)]
        areas = [area(groups, figure) for groups in ([characters], plates)]
        print(f"  {label:<20}{means[0]:>10.2f}{means[1]:>10.2f}{areas[0]:>10.3f}{areas[1]:>14.3f}")


def main() -> int:
    """Print the table; 0 where that worked, 1 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="moussaka", help="a shipped one (default: moussaka)")
    parser.add_argument("--checkpoint", type=Path, metavar="DIR", help="a network of your own")
    parser.add_argument("--plates", type=int, default=150, metavar="N", help="(default: 150)")
    parser.add_argument(
        "--passes",
        type=int,
        default=DEFAULT_PASSES,
        metavar="N",
        help=f"of each picture, dropout on (default: {DEFAULT_PASSES})",
    )
    parser.add_argument("--seed", type=int, default=0, help="of plates and blur (default: 0)")
    options = parser.parse_args()
    try:
        characters = measure(
            options.model, options.checkpoint, options.plates, options.seed, options.passes
        )
    except (CheckpointError, ReaderMissingError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{'':<22}{'right':>10}{'wrong':>10}{'area':>10}{'on one plate':>14}")
    print_table("all characters", characters)
    letters = [c for c in characters if c.character in LETTERS_AND_DIGITS]
    print_table("letters and digits", letters)
    return 0


if __name__ == "__main__":
    sys.exit(main())
