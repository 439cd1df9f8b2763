"""Make the shipped pictures: synthetic plates, blurred, with their sharp originals and texts.

    python3 tools/make_data.py

writes, in this folder,

    final_test/    40 blurred plates of all kinds in colour, 60 to 270 pixels wide, several formats
    100blurred/    100 blurred plates, grey, 270x90
    final_test_sharp/, 100sharp/    the same plates without the blur

with a labels.csv (columns file,label) in each. The same version of the project makes the same
pictures with the same versions of OpenCV, NumPy and Pillow, and hardly different ones with others.
What the shipped weights make of them is written by deblur_images.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np

from blurrer import make_pair
from plates import draw_plate
from plumbing.labels import LABELS, write_labels
from plumbing.pictures.codec import write_picture
from plumbing.pictures.frame import HEIGHT

DATA = Path(__file__).resolve().parents[1] / "data"
SEED = 2017  # the year of the contest

# The camera's blur is what the project is for; the original's mixture stands beside it.
FINAL_TEST_PROFILES = ("camera", "main", "camera", "camera", "pixelation", "camera", "vertical",
                       "camera", "brightness", "mild")  # fmt: skip
FINAL_TEST_SUFFIXES = (".jpg", ".png", ".jpg", ".webp", ".jpg", ".bmp", ".jpg", ".tif")
KINDS = ("blue", "yellow", "green", "white", "black")  # of one row
KIND_SHARES = (0.6, 0.13, 0.15, 0.06, 0.06)
SMALLEST_WIDTH = 60  # the contest's smallest test picture measured 60x29


class Plate(NamedTuple):
    """A blurred plate with its file's name, the sharp one (both uint8) and what it says."""

    name: str
    blurred: np.ndarray
    sharp: np.ndarray
    text: str

    @property
    def sharp_name(self) -> str:
        """Name of the sharp picture's file."""
        return str(Path(self.name).with_suffix(".jpg"))


def final_test_plate(index: int) -> Plate:
    """Draw and blur one as small as cameras give them, in colour."""
    random = np.random.default_rng([SEED, index])
    # One kind further after each round of profiles, so that every kind meets most of them.
    kind = KINDS[(index + index // len(FINAL_TEST_PROFILES)) % len(KINDS)]
    sharp, text = draw_plate(random, kind)
    profile = FINAL_TEST_PROFILES[index % len(FINAL_TEST_PROFILES)]
    blurred, target = make_pair(sharp, random, profile, colour=True)
    width = blurred.shape[1]
    scale = random.uniform(SMALLEST_WIDTH / width, 1)
    # A plate 2 to 3 times as wide as high, as cropped plates are.
    size = (round(width * scale), round(HEIGHT * scale * random.uniform(1, 1.5)))
    blurred = cv2.resize(blurred, size, interpolation=cv2.INTER_AREA)
    suffix = FINAL_TEST_SUFFIXES[index % len(FINAL_TEST_SUFFIXES)]
    return Plate(f"{index:02d}{suffix}", blurred, target, text)


def hundred_plate(index: int) -> Plate:
    """Draw one and blur it by the profile `camera`, in the network's own format."""
    random = np.random.default_rng([SEED + 1, index])
    sharp, text = draw_plate(random, str(random.choice(KINDS, p=KIND_SHARES)))
    blurred, target = make_pair(sharp, random, "camera")
    return Plate(f"{index:03d}.jpg", blurred, target, text)


def write(blurred: Path, sharp: Path, plates: Iterable[Plate]) -> None:
    """Write the pictures and a labels.csv into both folders."""
    rows = []
    for folder in (blurred, sharp):
        folder.mkdir(exist_ok=True)
    for plate in plates:
        write_picture(blurred / plate.name, plate.blurred)
        write_picture(sharp / plate.sharp_name, plate.sharp)
        rows.append((plate.name, plate.sharp_name, plate.text))
    for column, folder in enumerate((blurred, sharp)):
        write_labels(folder / LABELS, ((row[column], row[2]) for row in rows))


if __name__ == "__main__":
    final_test = map(final_test_plate, range(40))
    write(DATA / "final_test", DATA / "final_test_sharp", final_test)
    write(DATA / "100blurred", DATA / "100sharp", map(hundred_plate, range(100)))
