from __future__ import annotations

import numpy as np
import pytest

from blurrer import geometry
from plumbing.pictures.frame import HEIGHT, WIDTH

FRAME = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (36, 120), (90, 270), (300, 200, 3), (20, 900, 3)])
@pytest.mark.parametrize("keep_aspect", [False, True])
def test_everything_fits_the_frame(shape: tuple[int, ...], keep_aspect: bool) -> None:
    fitted = geometry.fit(np.zeros(shape, np.uint8), keep_aspect=keep_aspect)
    assert fitted.shape == (HEIGHT, WIDTH, *shape[2:])
    assert fitted.dtype == np.uint8


def test_plain_fit_stretches_and_the_other_keeps_squares_square() -> None:
    square = np.zeros((60, 60), np.uint8)
    square[15:45, 15:45] = 255
    for keep_aspect, width in ((False, WIDTH / 2), (True, HEIGHT / 2)):
        seen = geometry.fit(square, keep_aspect=keep_aspect) > 127
        assert seen.any(axis=0).sum() == pytest.approx(width, abs=2)
        assert seen.any(axis=1).sum() == pytest.approx(HEIGHT / 2, abs=2)
        columns = np.flatnonzero(seen.any(axis=0))
        assert columns[0] + columns[-1] == pytest.approx(WIDTH - 1, abs=1)


def test_a_warp_to_the_same_place_changes_nothing(picture: np.ndarray) -> None:
    np.testing.assert_array_equal(geometry.warp(picture, FRAME, FRAME), picture)


def test_a_warp_by_whole_pixels_moves_by_whole_pixels(picture: np.ndarray) -> None:
    moved = geometry.warp(picture, FRAME, FRAME + np.array([7, -4]))
    np.testing.assert_array_equal(moved[:-4, 7:], picture[4:, :-7])
    # What lies outside repeats the outermost pixels.
    np.testing.assert_array_equal(moved[:-4, 0], picture[4:, 0])


def test_a_warp_puts_points_where_they_were_asked_to_be() -> None:
    source = np.array([[40, 20], [200, 20], [200, 70], [40, 70]], np.float64)
    destination = source + np.array([[9, -5], [-12, 6], [4, 9], [-8, 3]])
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    for x, y in source.astype(int):
        picture[y - 3 : y + 3, x - 3 : x + 3] = 255
    result = geometry.warp(picture, source, destination)
    for x, y in destination.astype(int):
        window = result[y - 7 : y + 7, x - 7 : x + 7].astype(np.float64)
        offsets = np.arange(-7, 7) + 0.5
        assert window.sum(axis=0) @ offsets / window.sum() == pytest.approx(0, abs=0.3)
        assert window.sum(axis=1) @ offsets / window.sum() == pytest.approx(0, abs=0.3)


def test_bow_lifts_the_middle_and_leaves_the_ends() -> None:
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    picture[40:50] = 255
    line = geometry.warp(picture, FRAME, FRAME, bow=6).argmax(axis=0)
    assert line[0] == line[-1] == 40
    assert line[WIDTH // 2] == 34


def test_a_surrounded_picture_lies_whole_on_its_bands() -> None:
    picture = np.full((10, 20, 3), (1, 2, 3), np.uint8)
    rows = np.arange(100, 130, dtype=np.uint8)
    canvas = geometry.surround(picture, rows, left=4, top=12)
    assert canvas.shape == (30, 28, 3)
    np.testing.assert_array_equal(canvas[12:22, 4:24], picture)
    np.testing.assert_array_equal(canvas[:, 0, 0], rows)
    np.testing.assert_array_equal(canvas[:, -1, 2], rows)
