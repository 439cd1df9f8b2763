"""What training minimises: functions of (sharp, deblurred) for `keras.Model.compile`."""

from __future__ import annotations

from typing import Any

import keras

CHARBONNIER_EPSILON = 1e-3
FREQUENCY_WEIGHT = 0.01  # makes both terms about equal in size


def charbonnier_frequency(sharp: Any, deblurred: Any) -> Any:
    """Return the Charbonnier cost plus the mean modulus of the error's spectrum, a scalar.

    Charbonnier, sqrt(error^2 + epsilon^2) (Charbonnier et al. 1994), blurs less than squared error
    where the network is in doubt; the spectrum, an unnormalised 2-D Fourier transform, weighs fine
    detail as much as coarse (after Cho et al. 2021, arXiv:2108.05054). Both arguments are float32
    `(N, 90, 270, 1)`.
    """
    error = (deblurred - sharp)[..., 0]
    charbonnier = keras.ops.sqrt(keras.ops.square(error) + CHARBONNIER_EPSILON**2)
    real, imaginary = keras.ops.fft2((error, keras.ops.zeros_like(error)))
    # The addend keeps the root's derivative finite where the spectrum is zero.
    modulus = keras.ops.sqrt(keras.ops.square(real) + keras.ops.square(imaginary) + 1e-12)
    return keras.ops.mean(charbonnier) + FREQUENCY_WEIGHT * keras.ops.mean(modulus)


COSTS: dict[str, Any] = {"mse": "mse", "charbonnier_frequency": charbonnier_frequency}
