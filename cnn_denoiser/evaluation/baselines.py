"""Classical ways to sharpen a picture, which cost no training: what a network has to beat.

None of them knows how a picture was blurred, so each assumes the same point-spread function for
all: a Gaussian. Its size and strength are, of those that `benchmarks/baseline_settings.py` tries,
those with which an OCR engine reads the most letters and digits on plates drawn by `plates` and
blurred by the blurrer's profile `camera`, and of equals those of the higher PSNR. They are weak
ones, because stronger ones read worse than the blurred picture itself.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from skimage.filters import unsharp_mask
from skimage.restoration import richardson_lucy, wiener

WHITE = 255
UNSHARP_SIGMA = 1.0  # pixels
UNSHARP_AMOUNT = 0.5
WIENER_SIGMA = 1.0  # pixels
WIENER_BALANCE = 0.1
RICHARDSON_LUCY_SIGMA = 1.0  # pixels
RICHARDSON_LUCY_ITERATIONS = 10
MARGIN = 16  # pixels of mirrored border, against the ringing that a hard edge makes


def unsharp(
    frame: np.ndarray, sigma: float = UNSHARP_SIGMA, amount: float = UNSHARP_AMOUNT
) -> np.ndarray:
    """Add `amount` times what a Gaussian of `sigma` pixels takes away; uint8 grey `(H, W)`."""
    return _to_uint8(unsharp_mask(frame / WHITE, radius=sigma, amount=amount))


def wiener_deconvolution(
    frame: np.ndarray, sigma: float = WIENER_SIGMA, balance: float = WIENER_BALANCE
) -> np.ndarray:
    """Undo a Gaussian of `sigma` pixels by a Wiener filter; uint8 grey `(H, W)`.

    `balance` weighs smoothness (the energy of the Laplacian) against faith to the picture; above
    0.1 or so the result is smoother than the picture itself, not sharper.
    """
    return _without_margin(wiener(_with_margin(frame), gaussian_psf(sigma), balance))


def richardson_lucy_deconvolution(
    frame: np.ndarray,
    sigma: float = RICHARDSON_LUCY_SIGMA,
    iterations: int = RICHARDSON_LUCY_ITERATIONS,
) -> np.ndarray:
    """Undo a Gaussian of `sigma` pixels by Richardson-Lucy iterations; uint8 grey `(H, W)`."""
    psf = gaussian_psf(sigma)
    return _without_margin(richardson_lucy(_with_margin(frame), psf, iterations))


def gaussian_psf(sigma: float) -> np.ndarray:
    """Return an isotropic Gaussian of sum 1, cut at three sigma: float64, odd and square."""
    line = cv2.getGaussianKernel(2 * round(3 * sigma) + 1, sigma)
    return line @ line.T


BASELINES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "unsharp mask": unsharp,
    "Wiener": wiener_deconvolution,
    "Richardson-Lucy": richardson_lucy_deconvolution,
}


def _with_margin(frame: np.ndarray) -> np.ndarray:
    return np.pad(frame / WHITE, MARGIN, mode="symmetric")


def _without_margin(picture: np.ndarray) -> np.ndarray:
    return _to_uint8(picture[MARGIN:-MARGIN, MARGIN:-MARGIN])


def _to_uint8(picture: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(picture, 0, 1) * WHITE).astype(np.uint8)
