"""How close a picture comes to the one it should be."""

from __future__ import annotations

import math

import numpy as np

WHITE = 255
WINDOW_SIGMA = 1.5  # pixels: the 11x11 Gaussian window of Wang et al.


def psnr(reference: np.ndarray, picture: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio in dB of a uint8 grey picture `(H, W)`.

    Infinite for equal pictures. Raises `ValueError` where the sizes differ.
    """
    if reference.shape != picture.shape:
        raise ValueError(f"the sizes differ. Received: {reference.shape} and {picture.shape}")
    error = np.mean(np.square(reference.astype(np.float64) - picture))
    return float(10 * np.log10(WHITE**2 / error)) if error else math.inf


def ssim(reference: np.ndarray, picture: np.ndarray) -> float:
    """Return the structural similarity, at most 1, of a uint8 grey picture `(H, W)`.

    The mean over the picture, with the window and the constants of Wang et al., "Image quality
    assessment: from error visibility to structural similarity" (IEEE TIP, 2004). Raises
    `ValueError` where the sizes differ or a side is under 11 pixels.
    """
    from skimage.metrics import structural_similarity

    return float(
        structural_similarity(
            reference,
            picture,
            data_range=WHITE,
            gaussian_weights=True,
            sigma=WINDOW_SIGMA,
            use_sample_covariance=False,
        )
    )
