"""What training minimises: functions of (sharp, deblurred), float32 `(N, 90, 270, 1)`, to a scalar.

Keras is loaded when they are called, so that the options know their names without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CHARBONNIER_EPSILON = 1e-3
FREQUENCY_WEIGHT = 0.01  # makes both terms about equal in size


def mse(sharp: Any, deblurred: Any) -> Any:
    """Return the mean squared error."""
    import keras

    return keras.ops.mean(keras.ops.square(deblurred - sharp))


def charbonnier_frequency(sharp: Any, deblurred: Any) -> Any:
    """Return the Charbonnier loss plus the mean modulus of the error's spectrum.

    Charbonnier, sqrt(error^2 + epsilon^2) (Charbonnier et al. 1994), blurs less than squared error
    where the network is in doubt; the spectrum, an unnormalised 2-D Fourier transform, weighs fine
    detail as much as coarse (after Cho et al. 2021, arXiv:2108.05054).
    """
    import keras

    error = (deblurred - sharp)[..., 0]
    charbonnier = keras.ops.sqrt(keras.ops.square(error) + CHARBONNIER_EPSILON**2)
    real, imaginary = keras.ops.fft2((error, keras.ops.zeros_like(error)))
    # The addend keeps the root's derivative finite where the spectrum is zero.
    modulus = keras.ops.sqrt(keras.ops.square(real) + keras.ops.square(imaginary) + 1e-12)
    return keras.ops.mean(charbonnier) + FREQUENCY_WEIGHT * keras.ops.mean(modulus)


Loss = Callable[[Any, Any], Any]
LOSSES: dict[str, Loss] = {"mse": mse, "charbonnier_frequency": charbonnier_frequency}
