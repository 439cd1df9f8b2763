from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from cnn_denoiser.measures.image_quality import psnr, ssim

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(30, 220, (90, 270), dtype=np.uint8)


def test_psnr_is_that_of_its_definition() -> None:
    # An error of 10 grey levels everywhere: 20 log10(255 / 10).
    assert psnr(PICTURE, PICTURE + 10) == pytest.approx(28.1308, abs=1e-4)


def test_equal_pictures_are_infinitely_close_without_a_warning(
    recwarn: pytest.WarningsRecorder,
) -> None:
    assert psnr(PICTURE, PICTURE) == math.inf
    assert ssim(PICTURE, PICTURE) == pytest.approx(1)
    assert not recwarn.list


def test_ssim_is_near_zero_for_unrelated_pictures_and_falls_with_noise() -> None:
    other = RNG.integers(30, 220, (90, 270), dtype=np.uint8)
    noise = RNG.integers(-10, 11, PICTURE.shape)
    assert abs(ssim(PICTURE, other)) < 0.05
    slightly = ssim(PICTURE, (PICTURE + noise).astype(np.uint8))
    badly = ssim(PICTURE, (PICTURE + 3 * noise).astype(np.uint8))
    assert 1 > slightly > badly > 0.5


def test_ssim_of_flat_pictures_is_that_of_its_formula() -> None:
    dark, light = (np.full((90, 270), grey, np.uint8) for grey in (100, 150))
    steadying = (0.01 * 255) ** 2  # C1 of Wang et al.
    expected = (2 * 100 * 150 + steadying) / (100**2 + 150**2 + steadying)
    assert ssim(dark, light) == pytest.approx(expected, abs=1e-6)


def test_ssim_is_that_of_wang_and_others() -> None:
    # Their formula, written out, with the 11x11 Gaussian window.
    x = PICTURE.astype(float)
    y = cv2.GaussianBlur(PICTURE, (0, 0), 0.7).astype(float)
    mean_x, mean_y = window(x), window(y)
    variance_x, variance_y = window(x * x) - mean_x**2, window(y * y) - mean_y**2
    covariance = window(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similarity = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    similarity /= (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
    expected = similarity[5:-5, 5:-5].mean()
    assert ssim(PICTURE, y.astype(np.uint8)) == pytest.approx(expected, abs=1e-4)


def window(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (11, 11), 1.5)


@pytest.mark.parametrize("metric", [psnr, ssim])
def test_pictures_of_two_sizes_are_refused(metric) -> None:
    with pytest.raises(ValueError, match=r"dimensions|sizes differ"):
        metric(PICTURE, PICTURE[:, :200])
