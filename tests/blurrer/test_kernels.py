from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurrer import kernels

ANGLES = st.floats(-360, 360)


def moments(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the centroid from the centre pixel, x and y, and the covariance."""
    radius = kernel.shape[0] // 2
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    points = np.stack([x.ravel(), y.ravel()])
    weights = kernel.astype(np.float64).ravel()
    centroid = points @ weights
    offsets = points - centroid[:, None]
    return centroid, (offsets * weights) @ offsets.T


def assert_is_kernel(kernel: np.ndarray) -> None:
    assert kernel.dtype == np.float32
    assert kernel.ndim == 2
    assert kernel.shape[0] == kernel.shape[1]
    assert kernel.shape[0] % 2 == 1
    assert kernel.min() >= 0
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(moments(kernel)[0], 0, atol=1e-3)


@given(st.floats(0, 30), ANGLES)
def test_motion_is_a_centred_kernel(length: float, angle: float) -> None:
    assert_is_kernel(kernels.motion(length, angle))


@given(st.floats(0, 8), st.floats(0, 8), ANGLES)
def test_gaussian_is_a_centred_kernel(sigma_x: float, sigma_y: float, angle: float) -> None:
    assert_is_kernel(kernels.gaussian(sigma_x, sigma_y, angle))


@given(st.floats(0, 10))
def test_defocus_is_a_centred_kernel(radius: float) -> None:
    assert_is_kernel(kernels.defocus(radius))


@given(st.floats(0, 20), ANGLES, st.floats(0, 1))
def test_ghost_is_a_centred_kernel(distance: float, angle: float, strength: float) -> None:
    assert_is_kernel(kernels.ghost(distance, angle, strength))


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20)), min_size=2, max_size=12))
def test_path_is_a_centred_kernel(points: list[tuple[float, float]]) -> None:
    assert_is_kernel(kernels.path(np.array(points)))


@given(st.floats(1, 30), ANGLES, st.floats(0, 4))
def test_combination_is_a_centred_kernel(length: float, angle: float, sigma: float) -> None:
    assert_is_kernel(kernels.combine(kernels.motion(length, angle), kernels.gaussian(sigma)))


@pytest.mark.parametrize("length", [5.0, 12.3, 30.0])
@pytest.mark.parametrize("angle", [0, 20, 45, 90, 135, 170])
def test_motion_goes_as_far_and_in_the_direction_that_was_asked(
    length: float, angle: float
) -> None:
    _, covariance = moments(kernels.motion(length, angle))
    variances, axes = np.linalg.eigh(covariance)
    # A line's variance; the four pixels that each point is spread over add up to a quarter.
    assert length**2 / 12 <= variances[1] <= length**2 / 12 + 0.25
    assert variances[0] <= 0.25
    # Anticlockwise, while rows are counted downwards.
    x, y = axes[:, 1]
    difference = (np.rad2deg(np.arctan2(-y, x)) - angle) % 180
    assert min(difference, 180 - difference) < 1


def test_motion_of_no_length_changes_nothing() -> None:
    kernel = kernels.motion(0, 33)
    assert kernel[kernel.shape[0] // 2, kernel.shape[1] // 2] == pytest.approx(1)


def test_gaussian_has_the_standard_deviations_that_were_asked() -> None:
    _, covariance = moments(kernels.gaussian(4, 1.5))
    assert np.sqrt(np.diag(covariance)) == pytest.approx([4, 1.5], rel=0.05)
    _, turned = moments(kernels.gaussian(4, 1.5, angle=45))
    # Upwards to the right: y falls as x grows.
    assert turned[0, 1] < -1


def test_defocus_is_a_flat_disc() -> None:
    kernel = kernels.defocus(5)
    assert kernel[5, 5] == pytest.approx(1 / (np.pi * 5**2), rel=0.02)
    assert kernel[5, 5] == kernel[5, 8] == kernel[3, 5]
    assert kernel[0, 0] == 0


def test_ghost_is_two_points_at_their_distance_and_strengths() -> None:
    kernel = kernels.ghost(6, 0, 0.25)
    middle = kernel[kernel.shape[0] // 2]
    left, right = middle[: len(middle) // 2], middle[len(middle) // 2 :]
    assert kernel.sum() == pytest.approx(middle.sum())
    # The stronger one is nearer to the centroid: 1.5 px to its left, the other 4.5 to its right.
    assert left.sum() == pytest.approx(0.75)
    assert right.sum() == pytest.approx(0.25)
    position = np.arange(len(middle)) - len(middle) // 2
    assert position @ middle == pytest.approx(0, abs=1e-5)
    assert position[len(left) :] @ right / right.sum() == pytest.approx(4.5)


def test_path_looks_the_same_wherever_it_lies() -> None:
    points = np.random.default_rng(0).uniform(-5, 5, (8, 2))
    np.testing.assert_allclose(
        kernels.path(points), kernels.path(points + np.array([100, -7])), atol=1e-6
    )


def test_path_through_two_points_is_a_motion() -> None:
    np.testing.assert_allclose(
        kernels.path(np.array([[3.0, 0.0], [11.0, 0.0]])), kernels.motion(8, 0), atol=1e-7
    )


def test_a_stretch_exposed_longer_weighs_more() -> None:
    points = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]])
    kernel = kernels.path(points, np.array([3.0, 1.0]))
    light = kernel[kernel.shape[0] // 2]
    position = np.arange(len(light)) - len(light) // 2
    # The centroid is at 3/4 of 5 and 1/4 of 15; the bend, at 10, lies 2.5 right of it.
    np.testing.assert_allclose(light[(position > -7) & (position < 2)], 0.075, atol=1e-5)
    np.testing.assert_allclose(light[(position > 3) & (position < 12)], 0.025, atol=1e-5)
    assert position @ light == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(
        kernels.path(points, np.array([2.0, 2.0])), kernels.path(points), atol=1e-7
    )


def test_a_trail_fades_from_frame_to_frame() -> None:
    kernel = kernels.trail(6, 0, 0.5, 2)
    light = kernel[kernel.shape[0] // 2]
    position = np.arange(len(light)) - len(light) // 2
    # 4, 2 and 1 sevenths at 0, 6 and 12, the centroid at 24 sevenths.
    for place, share in ((0, 4 / 7), (6, 2 / 7), (12, 1 / 7)):
        near = np.abs(position - (place - 24 / 7)) < 1
        assert light[near].sum() == pytest.approx(share, abs=1e-5)


@pytest.mark.parametrize("second", [kernels.ghost(3, 20, 0.3), kernels.motion(30, 70)])
def test_combination_is_one_after_the_other(second: np.ndarray) -> None:
    first = kernels.path(np.random.default_rng(1).uniform(-6, 6, (5, 2)))
    size = len(first) + len(second) - 1
    spectrum = np.fft.fft2(first, (size, size)) * np.fft.fft2(second, (size, size))
    np.testing.assert_allclose(
        kernels.combine(first, second), np.fft.ifft2(spectrum).real, atol=1e-6
    )


def test_combination_spreads_as_far_as_both() -> None:
    first, second = kernels.motion(12, 30), kernels.gaussian(2, 1)
    combined = kernels.combine(first, second)
    np.testing.assert_allclose(
        moments(combined)[1], moments(first)[1] + moments(second)[1], atol=1e-3
    )


@pytest.mark.parametrize(
    ("make", "received"),
    [
        (lambda: kernels.motion(-1, 0), "length=-1"),
        (lambda: kernels.gaussian(-1), "sigma_x=-1"),
        (lambda: kernels.gaussian(1, -1), "sigma_y=-1"),
        (lambda: kernels.defocus(-1), "radius=-1"),
        (lambda: kernels.ghost(3, 0, 1.5), "strength=1.5"),
        (lambda: kernels.trail(3, 0, 1.0, 2), "strength=1.0"),
        (lambda: kernels.path(np.zeros((1, 2))), r"\(1, 2\)"),
        (lambda: kernels.path(np.zeros((4, 3))), r"\(4, 3\)"),
    ],
)
def test_nonsense_is_refused_with_what_was_received(make, received: str) -> None:
    with pytest.raises(ValueError, match=f"Received: {received}"):
        make()
