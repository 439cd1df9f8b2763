from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.deblurring.plate_look import unlike_a_plate, without_contrast, without_text


@pytest.mark.parametrize(
    "size", [(60, 29), (270, 90), (163, 67), (520, 111), (1100, 360), (40, 13)]
)
def test_crops_of_plates_carry_no_warning(size: tuple[int, int]) -> None:
    assert unlike_a_plate(*size) == ""


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((1920, 1080), "1.8:1"),
        ((640, 480), "1.3:1"),
        ((1920, 640), "larger"),
        ((3000, 1000), "larger"),
        ((30, 90), "0.33:1"),
        ((2000, 10), "2e+02:1"),
        ((12, 4), "too small"),
        ((1, 1), "1:1"),
    ],
)
def test_scenes_and_icons_carry_one(size: tuple[int, int], told: str) -> None:
    assert told in unlike_a_plate(*size)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_picture_of_one_grey_carries_one(grey: int) -> None:
    frame = np.full((90, 270), grey, np.uint8)
    assert "one grey" in without_contrast(frame)
    frame[40:50, 100:120] ^= 9  # as noise, or 12 bits in 16, make it
    assert "one grey" in without_contrast(frame)
    frame[40:50, 100:120] ^= 64
    assert without_contrast(frame) == ""


def test_a_picture_on_which_nothing_is_read_carries_one() -> None:
    assert "nothing on it can be read" in without_text(1e-6)
    assert without_text(0.002) == without_text(1.0) == ""  # a plate that is hard to read
