from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from cnn_denoiser.evaluation.baselines import (
    BASELINES,
    gaussian_psf,
    richardson_lucy_deconvolution,
    wiener_deconvolution,
)


@pytest.fixture
def sharp() -> np.ndarray:
    picture = np.full((90, 270), 60, np.uint8)
    cv2.putText(picture, "A12345", (15, 65), cv2.FONT_HERSHEY_SIMPLEX, 2, 220, 4, cv2.LINE_AA)
    return picture


def test_a_point_spread_function_keeps_brightness_and_place() -> None:
    psf = gaussian_psf(1.7)
    assert psf.sum() == pytest.approx(1)
    assert psf.shape[0] == psf.shape[1] and psf.shape[0] % 2
    assert np.allclose(psf, psf[::-1, ::-1]) and psf.argmax() == psf.size // 2


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_steepens_edges_and_leaves_flat_pictures(
    name: str, sharp: np.ndarray
) -> None:
    blurred = cv2.GaussianBlur(sharp, (0, 0), 1.5)
    restored = BASELINES[name](blurred)
    assert restored.dtype == np.uint8 and restored.shape == blurred.shape
    slopes = [np.abs(np.diff(p.astype(int), axis=1)).max() for p in (blurred, restored)]
    assert slopes[1] > 1.05 * slopes[0]
    flat = np.full((90, 270), 77, np.uint8)
    assert np.abs(BASELINES[name](flat).astype(int) - 77).max() <= 1


@pytest.mark.parametrize("deblur", [wiener_deconvolution, richardson_lucy_deconvolution])
def test_deconvolution_undoes_the_blur_that_it_assumes(deblur, sharp: np.ndarray) -> None:
    # A shifted result, or a border that rings, would cost far more than is gained here.
    blurred = cv2.GaussianBlur(sharp, (0, 0), 2, borderType=cv2.BORDER_REFLECT)
    strength = {"balance": 0.002} if deblur is wiener_deconvolution else {"iterations": 20}
    before = peak_signal_noise_ratio(sharp, blurred)
    assert peak_signal_noise_ratio(sharp, deblur(blurred, sigma=2, **strength)) > before + 2
