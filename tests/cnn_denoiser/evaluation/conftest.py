"""What the tests of the evaluation share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plates import draw_plate
from plumbing.pictures.codec import write_picture


@pytest.fixture
def sharp(tmp_path: Path) -> Path:
    """Make a folder of four sharp plates and their labels."""
    folder = tmp_path / "sharp"
    folder.mkdir()
    rows = ["file,label"]
    rng = np.random.default_rng(5)
    for index in range(4):
        plate, text = draw_plate(rng, "blue")
        write_picture(folder / f"{index}.png", plate)
        rows.append(f"{index}.png,{text}")
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder
