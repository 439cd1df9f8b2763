from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from blurrer.burst import make_burst
from plates import draw_plate


@pytest.fixture
def plate() -> np.ndarray:
    return draw_plate(np.random.default_rng(1), "blue")[0]


def difference(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first.astype(float) - second).mean())


def test_a_burst_shows_one_plate_in_roughly_one_pose(plate: np.ndarray) -> None:
    pairs = make_burst(plate, np.random.default_rng(2), 4, 0.9)
    other = make_burst(plate, np.random.default_rng(3), 1, 0.9)[0]
    assert {pair.blurred.shape for pair in pairs} == {(90, 270)}
    for one, following in pairwise(pairs):
        assert 0 < difference(one.sharp, following.sharp) < difference(one.sharp, other.sharp)
        assert difference(one.blurred, following.blurred) > 0


def test_a_burst_depends_on_its_random_stream_alone(plate: np.ndarray) -> None:
    first, again = (make_burst(plate, np.random.default_rng(2), 3) for _ in range(2))
    for one, same in zip(first, again, strict=True):
        assert np.array_equal(one.blurred, same.blurred)


def test_short_bursts_are_the_beginnings_of_long_ones(plate: np.ndarray) -> None:
    short, long = (make_burst(plate, np.random.default_rng(2), count) for count in (2, 4))
    for one, same in zip(short, long, strict=False):
        assert np.array_equal(one.blurred, same.blurred)


def test_the_difficulty_is_that_of_every_frame(plate: np.ndarray) -> None:
    def damage(difficulty: float) -> float:
        pairs = make_burst(plate, np.random.default_rng(4), 12, difficulty)
        return float(
            np.mean([np.abs(np.diff(pair.blurred.astype(float))).mean() for pair in pairs])
        )

    assert damage(0.0) > damage(1.0)
