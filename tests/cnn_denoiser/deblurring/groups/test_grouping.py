from __future__ import annotations

import argparse

import pytest

from cnn_denoiser.deblurring.groups.grouping import grouping


@pytest.mark.parametrize(
    ("expression", "name", "plate"),
    [
        ("folder", "car/1.png", "car"),
        ("folder", "day/car/1.png", "day/car"),
        ("folder", "1.png", None),
        (r"(.+)_\d+$", "car_12.png", "car"),
        (r"(.+)_\d+$", "day/car_12.png", "day/car"),
        (r"(.+)_\d+$", "car_x.png", None),
        (r"(.+)_\d+$", "car.12_3.jpg", "car.12"),
        (r"^[A-Z]+\d+", "AB12-first.jpg", "AB12"),
        (r"(x?)_\d$", "car_1.jpg", None),
        (r"(x)?car", "car_1.jpg", None),
    ],
)
def test_a_name_tells_its_plate(expression: str, name: str, plate: str | None) -> None:
    assert grouping(expression).plate(name) == plate


@pytest.mark.parametrize("text", ["", "(", "*", "a" * 2000, "(" * 500])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="folder or a regular expression"):
        grouping(text)
