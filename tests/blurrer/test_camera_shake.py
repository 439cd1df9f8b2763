from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from blurrer.camera_ranges import CAMERA, Growing, Range
from blurrer.camera_shake import draw_movement

# Straight and even lines of 24 pixels along the rows.
PLAIN = dataclasses.replace(
    CAMERA, linear_motion_share=1, linear_motion=Growing(24), length_share=Range(1, 1),
    row_reduction=0, shallow_share=1, shallow_angle=Range(0, 0), diagonal_share=0, bent_share=0,
    hooked_share=0, uneven_share=0,
)  # fmt: skip


def draw(count: int = 20, scale: float = 1.0, **changes: object) -> list[np.ndarray]:
    ranges = dataclasses.replace(PLAIN, **changes)  # type: ignore[arg-type]
    return [draw_movement(np.random.default_rng(n), ranges, 0.5, scale) for n in range(count)]


def extent(kernel: np.ndarray) -> tuple[int, int]:
    """Return the columns and the rows that a kernel reaches."""
    return int((kernel.max(axis=0) > 1e-4).sum()), int((kernel.max(axis=1) > 1e-4).sum())


def test_a_plain_line_is_straight_and_as_long_as_said() -> None:
    for scale, columns in ((1.0, 25), (0.5, 13)):
        for kernel in draw(3, scale):
            assert abs(extent(kernel)[0] - columns) <= 1
            assert kernel[len(kernel) // 2].sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "change", [{"bent_share": 1, "bend_deviation": 90}, {"hooked_share": 1}], ids=str
)
def test_bent_and_hooked_lines_leave_the_line(change: dict[str, float]) -> None:
    rows = [extent(kernel)[1] for kernel in draw(**change)]
    assert np.median(rows) >= 4  # a straight one has one row


def test_an_uneven_line_is_brighter_in_some_places() -> None:
    def spread(kernel: np.ndarray) -> float:
        line = kernel.sum(axis=0)
        inner = line[line > 1e-4][2:-2]
        return float(inner.max() / inner.min())

    assert max(map(spread, draw())) < 1.05
    assert np.median([spread(kernel) for kernel in draw(uneven_share=1)]) > 1.5


@pytest.mark.parametrize(
    "change",
    [
        {"hooked_share": 1, "hook_angle": 0},
        {"uneven_share": 1, "vibration_share": 1, "vibration_extent": Range(0, 0)},
        {
            "uneven_share": 1, "vibration_share": 0, "steady_light": Range(1, 1),
            "steady_change": Range(0, 0),
        },
    ],
    ids=str,
)  # fmt: skip
def test_a_line_without_turn_or_change_is_straight_and_even(change: dict[str, object]) -> None:
    for kernel, plain in zip(draw(**change), draw(), strict=True):
        assert extent(kernel)[1] == extent(plain)[1]
        line = kernel.sum(axis=0)
        inner = line[line > 1e-4][2:-2]
        assert inner.max() < 1.1 * inner.min()


def test_a_tremor_of_one_step_is_a_point_and_of_many_a_path() -> None:
    hand = {"linear_motion_share": 0, "tremor": Growing(20)}
    many = draw(**hand, tremor_steps=12)
    straight = draw(**hand, tremor_steps=12, tremor_start=1000)
    assert np.mean([min(extent(k)) for k in many]) > np.mean([min(extent(k)) for k in straight])
