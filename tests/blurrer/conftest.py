"""Sharp plates to blur, and where to."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from plumbing.pictures.codec import write_picture


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "sharp"
    folder.mkdir()
    for index, name in enumerate(("one.png", "two.png", "three.jpg", "four.bmp")):
        plate = np.full((48, 160, 3), (150, 70, 20), np.uint8)
        text = f"B7K{index}Z5"
        cv2.putText(plate, text, (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 1, (240, 240, 240), 3)
        write_picture(folder / name, plate)
    return folder


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "blurred"
