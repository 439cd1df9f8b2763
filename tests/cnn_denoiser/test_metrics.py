from __future__ import annotations

import math

import numpy as np
import pytest

from cnn_denoiser.metrics import psnr, ssim

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


@pytest.mark.parametrize("metric", [psnr, ssim])
def test_pictures_of_two_sizes_are_refused(metric) -> None:
    with pytest.raises(ValueError, match="dimensions"):
        metric(PICTURE, PICTURE[:, :200])
