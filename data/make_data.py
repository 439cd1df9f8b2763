"""Make the shipped pictures: synthetic plates, blurred, with their sharp originals and texts.

    python3 data/make_data.py

writes, in this folder,

    final_test/    40 blurred plates of all kinds in colour, 60 to 270 pixels wide, in several formats
    100blurred/    100 blurred plates, grey, 270x90
    final_test_sharp/, 100sharp/    the same plates without the blur

with a labels.csv (columns file,label) in each. The same version of the project always makes the
same pictures. What the shipped weights make of them is written by deblur_images.py.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np

from blurrer import HEIGHT, make_pair
from cnn_denoiser.image_files import write_picture
from plates import KINDS, draw_plate

DATA = Path(__file__).resolve().parent
SEED = 2017  # the year of the contest

# The camera's blur is what the project is for; the original's mixture stands beside it.
FINAL_TEST_PROFILES = ("camera", "main", "camera", "camera", "pixelation", "camera", "vertical",
                       "camera", "brightness", "mild")  # fmt: skip
FINAL_TEST_SUFFIXES = (".jpg", ".png", ".jpg", ".webp", ".jpg", ".bmp", ".jpg", ".tif")
SMALLEST_WIDTH = 60  # the contest's smallest test picture measured 60x29


def make_final_test(count: int = 40) -> None:
    """Write plates as small as cameras give them, in colour."""
    rows = []
    for index in range(count):
        random = np.random.default_rng([SEED, index])
        sharp, text = draw_plate(random, KINDS[index % len(KINDS)])
        profile = FINAL_TEST_PROFILES[index % len(FINAL_TEST_PROFILES)]
        target, blurred = make_pair(sharp, random, profile, colour=True)
        height, width = blurred.shape[:2]
        scale = random.uniform(SMALLEST_WIDTH / width, 1)
        # A plate 2 to 3 times as wide as high, as cropped plates are.
        size = (round(width * scale), round(HEIGHT * scale * random.uniform(1, 1.5)))
        blurred = cv2.resize(blurred, size, interpolation=cv2.INTER_AREA)
        name = f"{index:02d}{FINAL_TEST_SUFFIXES[index % len(FINAL_TEST_SUFFIXES)]}"
        write_picture(DATA / "final_test" / name, blurred)
        write_picture(DATA / "final_test_sharp" / f"{index:02d}.jpg", target)
        rows.append((name, f"{index:02d}.jpg", text))
    write_labels("final_test", "final_test_sharp", rows)


def make_hundred(count: int = 100) -> None:
    """Write plates blurred by the profile `camera`, in the network's own format."""
    rows = []
    for index in range(count):
        random = np.random.default_rng([SEED + 1, index])
        sharp, text = draw_plate(random)
        target, blurred = make_pair(sharp, random, "camera")
        name = f"{index:03d}.jpg"
        write_picture(DATA / "100blurred" / name, blurred)
        write_picture(DATA / "100sharp" / name, target)
        rows.append((name, name, text))
    write_labels("100blurred", "100sharp", rows)


def write_labels(blurred: str, sharp: str, rows: list[tuple[str, str, str]]) -> None:
    """Write the labels.csv of both folders from rows of (blurred file, sharp file, text)."""
    for column, folder in enumerate((blurred, sharp)):
        with (DATA / folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("file", "label"))
            writer.writerows((row[column], row[2]) for row in rows)


if __name__ == "__main__":
    for folder in ("final_test", "final_test_sharp", "100blurred", "100sharp"):
        (DATA / folder).mkdir(exist_ok=True)
    make_final_test()
    make_hundred()
