"""Before and after in one picture."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.deblurring.reporting.before_after import GAP, side_by_side

BLUE = (200, 40, 10)


def plain(width: int, height: int, colour: tuple[int, int, int] | int) -> np.ndarray:
    shape = (height, width, 3) if isinstance(colour, tuple) else (height, width)
    return np.full(shape, colour, np.uint8)


@pytest.mark.parametrize("size", [(60, 29), (270, 90), (1000, 300), (1, 1)])
@pytest.mark.parametrize("colour", [BLUE, 90])
def test_before_is_left_and_after_right_at_270x90(
    size: tuple[int, int], colour: tuple[int, int, int] | int
) -> None:
    both = side_by_side(plain(*size, colour), plain(270, 90, 240))
    assert both.shape == (90, 270 + GAP + 270, 3)
    assert both.dtype == np.uint8
    assert (both[:, :270] == colour).all()
    assert (both[:, 270 + GAP :] == 240).all()


def test_the_gap_is_neither_before_nor_after() -> None:
    both = side_by_side(plain(270, 90, 255), plain(270, 90, 0))
    assert ((both[:, 270 : 270 + GAP] > 64) & (both[:, 270 : 270 + GAP] < 192)).all()


def test_a_larger_after_keeps_its_pixels() -> None:
    after = np.random.default_rng(1).integers(0, 256, (200, 500, 3), dtype=np.uint8)
    both = side_by_side(plain(500, 200, BLUE), after)
    assert both.shape == (200, 500 + GAP + 500, 3)
    assert np.array_equal(both[:, 500 + GAP :], after)


def test_a_smaller_after_is_scaled_up() -> None:
    assert side_by_side(plain(60, 29, 10), plain(60, 29, 20)).shape == (90, 270 + GAP + 270, 3)


def test_a_huge_after_is_scaled_down_in_its_aspect() -> None:
    both = side_by_side(plain(60, 20, 10), plain(9000, 3000, 20))
    assert both.shape == (683, 2048 + GAP + 2048, 3)
    assert (both[:, :2048] == 10).all()
    assert side_by_side(plain(60, 20, 10), plain(30000, 1, 20)).shape == (1, 2048 + GAP + 2048, 3)
