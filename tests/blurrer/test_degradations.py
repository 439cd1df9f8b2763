from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from blurrer import degradations, kernels

Degradation = Callable[[np.ndarray], np.ndarray]


def down_and_up(down: str, up: str) -> Degradation:
    def resample(picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        small = degradations.resize(picture, round(width / 3.3), round(height / 2.6), down)
        return degradations.resize(small, width, height, up)

    return resample


DEGRADATIONS: dict[str, Degradation] = {
    "convolve directly": lambda p: degradations.convolve(p, kernels.gaussian(1, 1.5)),
    "convolve by transforms": lambda p: degradations.convolve(p, kernels.motion(20, 30)),
    "convolve with a ghost": lambda p: degradations.convolve(p, kernels.ghost(9, 70, 0.3)),
    "gaussian": lambda p: degradations.gaussian(p, 9, 3.0),
    "pixelate": lambda p: degradations.pixelate(p, 5),
    "noise": lambda p: degradations.noise(p, np.random.default_rng(0), 2.0, 2.0),
    "jpeg": lambda p: degradations.jpeg(p, 50),
    "brightness": lambda p: degradations.brightness(p, 20),
    "contrast": lambda p: degradations.contrast(p, 0.5),
    "equalise": lambda p: degradations.equalise(p, 2.0, (4, 2)),
    "sharpen": lambda p: degradations.sharpen(p, 1.5, 2.0),
    **{
        f"{down} down, {up} up": down_and_up(down, up)
        for down in ("area", "linear", "cubic", "nearest")
        for up in ("nearest", "linear", "cubic")
    },
}


@pytest.fixture(params=DEGRADATIONS.values(), ids=DEGRADATIONS.keys())
def degrade(request: pytest.FixtureRequest) -> Degradation:
    return request.param


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (90, 270, 3), np.uint8)


def test_grey_stays_grey_and_colour_stays_colour(degrade: Degradation, picture: np.ndarray) -> None:
    for one in (picture, picture[:, :, 0].copy()):
        before = one.copy()
        result = degrade(one)
        assert result.dtype == np.uint8
        assert result.shape == one.shape
        np.testing.assert_array_equal(one, before)
        assert not np.array_equal(result, before)


def test_nothing_moves(degrade: Degradation) -> None:
    """A smooth hill in the middle keeps its centroid, to a seventh of a pixel."""
    y, x = np.mgrid[-44.5:45, -134.5:135]
    hill = 40 + 150 * np.exp(-(x**2 + y**2) / (2 * 8**2))
    result = degrade(np.rint(hill).astype(np.uint8)).astype(np.float64)
    inner = (slice(10, -10), slice(30, -30))
    light = np.clip(result[inner] - np.median(result) - 12, 0, None)
    assert (light * x[inner]).sum() / light.sum() == pytest.approx(0, abs=0.15)
    assert (light * y[inner]).sum() / light.sum() == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("kernel", [kernels.path(np.eye(3)[:, :2] * size) for size in (6, 25)])
def test_a_point_of_light_becomes_the_kernel(kernel: np.ndarray) -> None:
    """Neither mirrored nor moved, whichever way it is computed."""
    point = np.zeros((90, 271), np.uint8)
    point[45, 135] = 255
    result = degradations.convolve(point, kernel)
    radius = kernel.shape[0] // 2
    seen = result[45 - radius : 46 + radius, 135 - radius : 136 + radius]
    np.testing.assert_allclose(seen, 255 * kernel, atol=0.51)
    assert int(result.sum()) == int(seen.sum())


def test_convolution_by_transforms_is_the_direct_one(picture: np.ndarray) -> None:
    kernel = kernels.combine(kernels.path(np.eye(3)[:, :2] * 12), kernels.gaussian(1))
    assert kernel.size > kernels.DIRECT_TAPS
    radius = kernel.shape[0] // 2
    plane = picture[:, :, 0]
    padded = np.pad(plane.astype(np.float64), radius, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    expected = np.einsum("yxij,ij->yx", windows, kernel[::-1, ::-1])
    np.testing.assert_allclose(degradations.convolve(plane, kernel), expected, atol=0.51)


def test_convolution_treats_the_channels_alike(picture: np.ndarray) -> None:
    kernel = kernels.motion(15, 60)
    result = degradations.convolve(picture, kernel)
    for channel in range(3):
        np.testing.assert_array_equal(
            result[:, :, channel],
            degradations.convolve(np.ascontiguousarray(picture[:, :, channel]), kernel),
        )


def test_an_even_picture_stays_even_to_its_border() -> None:
    even = np.full((20, 31), 200, np.uint8)
    for kernel in (kernels.gaussian(1), kernels.motion(30, 20)):
        np.testing.assert_array_equal(degradations.convolve(even, kernel), even)


def test_noise_is_as_strong_as_was_asked_and_grows_with_the_light() -> None:
    grey, white = np.full((200, 200), 120, np.uint8), np.full((200, 200), 240, np.uint8)

    def spread(picture: np.ndarray, read: float, shot: float) -> float:
        rng = np.random.default_rng(1)
        return float(degradations.noise(picture, rng, read, shot).std())

    assert spread(grey, 4, 0) == pytest.approx(4, rel=0.05)
    assert spread(grey, 0, 4) == pytest.approx(4 * np.sqrt(120 / 255), rel=0.05)
    assert spread(white, 2, 2) > spread(grey, 2, 2)
    assert degradations.noise(grey, np.random.default_rng(1), 4).mean() == pytest.approx(120, abs=1)


def test_jpeg_loses_more_at_lower_quality(picture: np.ndarray) -> None:
    smooth = cv2.GaussianBlur(picture, (0, 0), 2)

    def loss(quality: int) -> float:
        return float(np.abs(degradations.jpeg(smooth, quality).astype(int) - smooth).mean())

    assert loss(10) > loss(50) > loss(95)


def test_pixelation_makes_even_blocks() -> None:
    ramp = np.tile(np.arange(240, dtype=np.uint8), (80, 1))
    blocks = degradations.pixelate(ramp, 8)
    assert len(np.unique(blocks)) == 30
    assert (blocks[:8, :8] == blocks[0, 0]).all()


def test_brightness_and_contrast_stop_at_black_and_white() -> None:
    levels = np.arange(256, dtype=np.uint8)[None, :]
    brighter = degradations.brightness(levels, 50)[0]
    assert brighter[100] == 150
    assert brighter[250] == 255
    weaker = degradations.contrast(levels, 0.5)[0]
    assert (int(weaker[0]), int(weaker[255])) == pytest.approx((64, 191), abs=1)
    assert degradations.contrast(levels, 3)[0, [0, 255]].tolist() == [0, 255]


def test_equalisation_raises_a_weak_contrast(picture: np.ndarray) -> None:
    weak = degradations.contrast(cv2.GaussianBlur(picture, (0, 0), 3), 0.3)
    assert degradations.equalise(weak, 3.0, (3, 1)).std() > 1.3 * weak.std()


def test_sharpening_leaves_halos_on_both_sides_of_an_edge() -> None:
    edge = np.full((30, 60), 60, np.uint8)
    edge[:, 30:] = 180
    result = degradations.sharpen(edge, 1.0, 2.0)[15]
    assert result[29] < 40
    assert result[30] > 200
    assert result[5] == 60
    assert result[55] == 180


def test_codec_blocks_begin_where_the_phase_says() -> None:
    """A ramp, quantised as coarsely as can be, becomes a staircase with a step between blocks."""
    ramp = np.tile(np.arange(5, 250, 5, dtype=np.uint8), (49, 1))
    # Three columns, or six rows, of the first block are left out.
    along = np.diff(degradations.codec(ramp, 1, (3, 6)).astype(int), axis=1)
    assert np.flatnonzero(along.mean(axis=0) > 10).tolist() == [4, 12, 20, 28, 36, 44]
    across = np.diff(degradations.codec(ramp.T, 1, (3, 6)).astype(int), axis=0)
    assert np.flatnonzero(across.mean(axis=1) > 10).tolist() == [1, 9, 17, 25, 33, 41]


def test_two_fields_see_two_moments() -> None:
    edge = np.zeros((10, 20), np.uint8)
    edge[:, 10:] = 200
    result = degradations.interlace(edge, 4, 0)
    assert (result[::2].argmax(axis=1) == 8).all()
    assert (result[1::2].argmax(axis=1) == 12).all()


def test_one_field_keeps_the_even_rows_and_makes_the_odd_ones_of_them(picture: np.ndarray) -> None:
    result = degradations.one_field(picture)
    assert result.shape == picture.shape
    last = (len(picture) - 1) // 2 * 2
    np.testing.assert_array_equal(result[:last:2], picture[:last:2])
    between = (picture[0:last:2].astype(int) + picture[2 : last + 1 : 2]) / 2
    np.testing.assert_allclose(result[1:last:2], between, atol=0.51)


@pytest.mark.parametrize(("right", "down"), [(3, 0), (0, -2), (-1, 4)])
def test_shift_moves_right_and_down(picture: np.ndarray, right: int, down: int) -> None:
    inner = (slice(5, -5), slice(5, -5))
    expected = np.roll(picture, (down, right), axis=(0, 1))
    np.testing.assert_array_equal(degradations.shift(picture, right, down)[inner], expected[inner])


def test_median_takes_single_pixels_away() -> None:
    speckled = np.full((20, 30), 100, np.uint8)
    speckled[4::6, 4::6] = 255
    np.testing.assert_array_equal(degradations.median(speckled), 100)


def test_crisp_raises_edges_and_leaves_out_what_is_below_the_threshold() -> None:
    step = np.full((20, 40), 80, np.uint8)
    step[:, 20:] = 140
    ripple = np.where(np.arange(40) % 2, 2, -2).astype(np.uint8)
    crisped = degradations.crisp(step + ripple, 2, 1.5, threshold=6)
    assert crisped.max() > 145 and crisped.min() < 75
    away = crisped[:, :12].astype(int), crisped[:, 30:].astype(int)
    assert all(np.ptp(part) <= 1 for part in away)
