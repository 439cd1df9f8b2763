"""How close a picture comes to the one it should be."""

from __future__ import annotations

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

WHITE = 255
WINDOW_SIGMA = 1.5  # pixels: the 11x11 Gaussian window of Wang et al.


def psnr(reference: np.ndarray, picture: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio in dB of a uint8 grey picture `(H, W)`.

    Infinite for equal pictures. Raises `ValueError` where the sizes differ.
    """
    with np.errstate(divide="ignore"):  # equal pictures: the infinity is meant
        return float(peak_signal_noise_ratio(reference, picture, data_range=WHITE))


def ssim(reference: np.ndarray, picture: np.ndarray) -> float:
    """Return the structural similarity, at most 1, of a uint8 grey picture `(H, W)`.

    The mean over the picture, with the window and the constants of Wang et al., "Image quality
    assessment: from error visibility to structural similarity" (IEEE TIP, 2004). Raises
    `ValueError` where the sizes differ or a side is under 11 pixels.
    """
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
