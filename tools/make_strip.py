"""Make the strip at the top of the README: plates of final_test before and after deblurring.

    python3 deblur_images.py data/final_test final_test_deblurred
    python3 tools/make_strip.py

writes docs/before_after.png: every fourth plate, blurred above and deblurred below.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import cv2
import numpy as np

from plumbing.pictures.codec import read_picture, write_picture
from plumbing.pictures.search import find_pictures

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "data"
DEBLURRED = PROJECT / "final_test_deblurred"
STEP = 4
COLUMNS = 5
WIDTH, HEIGHT = 180, 60
GAP = 6


def make_strip() -> np.ndarray:
    """Return the strip, uint8 BGR, white between the plates."""
    names = [path.name for path in find_pictures(DATA / "final_test")][::STEP]
    rows = []
    for first in range(0, len(names), COLUMNS):
        for folder in (DATA / "final_test", DEBLURRED):
            cells = [_cell(folder / name) for name in names[first : first + COLUMNS]]
            rows.append(np.hstack(cells))
        rows.append(np.full((GAP, rows[0].shape[1], 3), 255, np.uint8))
    return np.vstack(rows[:-1])


def _cell(path: Path) -> np.ndarray:
    picture = cv2.resize(read_picture(path), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    white = (255, 255, 255)
    return cv2.copyMakeBorder(picture, 1, 1, 0, GAP, cv2.BORDER_CONSTANT, value=white)


if __name__ == "__main__":
    write_picture(PROJECT / "docs" / "before_after.png", make_strip())
