"""Folders of any number of small pictures."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from plumbing.pictures.codec import write_picture


def make_pictures(folder: Path, count: int) -> Path:
    """Make a folder of so many coloured pictures of 80x30, fifty of them different."""
    folder.mkdir()
    drawn = np.random.default_rng(4).integers(0, 256, (min(count, 50), 30, 80, 3), dtype=np.uint8)
    for number in range(count):
        path = folder / f"{number:05d}.png"
        if number < len(drawn):
            write_picture(path, drawn[number])
        else:
            os.link(folder / f"{number % len(drawn):05d}.png", path)
    return folder
