from __future__ import annotations

import argparse
from dataclasses import replace

import pytest

from cnn_denoiser.deblurring.result_size import FRAME, ResultSize, result_size
from plumbing.pictures.frame import HEIGHT, WIDTH


def test_the_frame_is_the_one_of_the_pictures() -> None:
    assert FRAME == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("asked", "source", "expected"),
    [
        ("model", (40, 13), (270, 90)),
        ("model", (1920, 1080), (270, 90)),
        ("source", (40, 13), (277, 90)),
        ("source", (135, 45), (270, 90)),
        ("source", (60, 60), (270, 270)),
        ("source", (600, 150), (600, 150)),
        ("source", (400, 60), (600, 90)),
        ("exact", (40, 13), (40, 13)),
        ("540", (40, 13), (540, 180)),
        ("100", (900, 300), (100, 33)),
        ("2x", (163, 67), (326, 134)),
        ("0.5x", (163, 67), (82, 34)),
        ("1x", (163, 67), (163, 67)),
        ("0.01x", (163, 67), (2, 1)),
    ],
)
def test_results_are_as_large_as_asked(
    asked: str, source: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert result_size(asked).of(*source) == expected


@pytest.mark.parametrize(
    ("asked", "source", "expected"),
    [
        ("model", (120, 60), (270, 135)),
        ("model", (440, 100), (396, 90)),
        ("540", (120, 60), (540, 270)),
        ("exact", (120, 60), (120, 60)),
    ],
)
def test_results_keep_the_shape_of_their_source(
    asked: str, source: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert replace(result_size(asked), keep_aspect=True).of(*source) == expected


@pytest.mark.parametrize("source", [(1, 1), (7, 300), (269, 91), (271, 89), (5000, 1200)])
def test_the_size_of_the_source_never_throws_pixels_away(source: tuple[int, int]) -> None:
    width, height = ResultSize("source").of(*source)
    assert width >= max(270, source[0]) and height >= max(90, source[1])


@pytest.mark.parametrize(
    "text",
    ["", "large", "0", "-5", "16385", "5.5", "0x", "x", "2X", "-2x", "1e3x", "٥٤٠", "9" * 30],
)
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="540"):
        result_size(text)
