from __future__ import annotations

import dataclasses
import re

import cv2
import numpy as np
import pytest

from blurrer.camera import camera
from blurrer.camera_ranges import CAMERA, CameraRanges, Growing, GrowingRange, Range
from blurrer.pair import Pair


@pytest.fixture
def plate() -> np.ndarray:
    picture = np.full((48, 160), 60, np.uint8)
    cv2.putText(picture, "B7K2Z5", (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.05, 235, 3)
    return picture


def pairs(plate: np.ndarray, ranges: CameraRanges, count: int = 30) -> list[Pair]:
    return [camera(plate, np.random.default_rng(seed), ranges) for seed in range(count)]


def detail(picture: np.ndarray) -> float:
    return float(cv2.Laplacian(picture, cv2.CV_64F).std())


def test_every_range_is_documented_and_nothing_else() -> None:
    documented = re.findall(r"\b([a-z]+(?:_[a-z]+)*)(?=[:,])", CameraRanges.__doc__ or "")
    names = {field.name for field in dataclasses.fields(CameraRanges)}
    assert names <= set(documented)
    assert {name for name in documented if "_" in name} <= names


def test_the_ranges_cannot_be_changed_by_accident() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CAMERA.inverted_share = 0.5  # type: ignore[misc]


def test_bounds_follow_the_difficulty() -> None:
    bounds = GrowingRange(Growing(1, 2), Growing(5, 10))
    rng = np.random.default_rng(0)
    for difficulty, (low, high) in {0.0: (1, 5), 0.5: (2, 10), 1.0: (3, 15)}.items():
        drawn = [bounds.draw(rng, difficulty) for _ in range(400)]
        assert low <= min(drawn) < low + 0.2
        assert high - 0.2 < max(drawn) <= high


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        ({"linear_motion": Growing(60), "linear_motion_share": 1}, {"linear_motion": Growing(0)}),
        ({"tremor": Growing(60), "linear_motion_share": 0}, {"tremor": Growing(0.1)}),
        ({"gaussian_sigma": GrowingRange(Growing(6), Growing(6))}, {}),
        (
            {"defocus_radius": GrowingRange(Growing(9), Growing(9)), "gaussian_share": 0},
            {"gaussian_share": 0},
        ),
        ({"sensor_pixel": GrowingRange(Growing(9), Growing(9))}, {}),
    ],
)
def test_more_blur_leaves_less_detail(plate: np.ndarray, longer: dict, shorter: dict) -> None:
    calm = dataclasses.replace(CAMERA, sharpening_share=0, clahe_share=0, noise_level=Growing(0))
    means = [
        np.mean([detail(pair.blurred) for pair in pairs(plate, dataclasses.replace(calm, **more))])
        for more in (longer, longer | shorter)
    ]
    baseline = np.mean([detail(pair.blurred) for pair in pairs(plate, calm)])
    assert means[0] < 0.7 * max(means[1], baseline)


def test_the_target_has_the_levels_and_the_share_of_inverted_ones(plate: np.ndarray) -> None:
    ranges = dataclasses.replace(
        CAMERA, target_levels=(100, 150), inverted_share=1, upright_margin=Range(0, 0.1)
    )
    for pair in pairs(plate, ranges):
        inner = pair.sharp[35:55, 60:210]
        assert inner.min() >= 95 and inner.max() <= 165
        assert np.median(inner) > 125


def test_margins_and_turns_can_be_taken_away(plate: np.ndarray) -> None:
    still = dataclasses.replace(
        CAMERA, side_margin=Range(0, 0), upright_margin=Range(0, 0), rotation_deviation=0,
        shear_deviation=0, bow_deviation=0, corner_shift=(0, 0), inverted_share=0,
    )  # fmt: skip
    first, *others = pairs(plate, still, 5)
    for pair in others:
        np.testing.assert_array_equal(pair.sharp, first.sharp)


@pytest.mark.parametrize(
    "stage",
    [
        {"interlaced_share": 1}, {"one_field_share": 1}, {"median_share": 1}, {"crisp_share": 1},
        {"codec_share": 1}, {"trail_share": 1}, {"bent_share": 1}, {"hooked_share": 1},
        {"uneven_share": 1}, {"rescaled_share": 1},
    ],
)  # fmt: skip
def test_every_stage_can_be_had_or_not(plate: np.ndarray, stage: dict[str, float]) -> None:
    """It changes the blurred picture, and the target never."""
    none = dataclasses.replace(
        CAMERA, interlaced_share=0, one_field_share=0, median_share=0, crisp_share=0,
        codec_share=0, trail_share=0, bent_share=0, hooked_share=0, uneven_share=0,
        linear_motion_share=1, rescaled_share=0,
    )  # fmt: skip
    without, with_it = pairs(plate, none, 8), pairs(plate, dataclasses.replace(none, **stage), 8)
    for one, other in zip(without, with_it, strict=True):
        np.testing.assert_array_equal(one.sharp, other.sharp)
        assert not np.array_equal(one.blurred, other.blurred)


def test_colours_pass_every_stage(plate: np.ndarray) -> None:
    every = dataclasses.replace(
        CAMERA, interlaced_share=1, median_share=1, crisp_share=1, codec_share=1, trail_share=1
    )
    for pair in pairs(cv2.merge([plate] * 3), every, 5):
        assert pair.blurred.shape == pair.sharp.shape == (90, 270, 3)
