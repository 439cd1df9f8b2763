"""What training minimises, a scalar.

Those with names are functions of (sharp, deblurred), float32 `(N, 90, 270, 1)`. Keras is loaded
when they are called, so that the options know their names without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

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


def cross_entropy(characters: Any, logits: Any) -> Any:
    """Return the mean cross-entropy of the characters that are known.

    `characters`, integers `(N, 8)`, are classes of `plates.slots`; `logits` float32 `(N, 8, 73)`.
    """
    import keras

    characters = keras.ops.cast(characters, "int32")
    known = keras.ops.cast(characters >= 0, "float32")
    each = keras.ops.sparse_categorical_crossentropy(
        keras.ops.maximum(characters, 0), logits, from_logits=True
    )
    return keras.ops.sum(known * each) / keras.ops.maximum(keras.ops.sum(known), 1)


Loss = Callable[[Any, Any], Any]


class Objective(NamedTuple):
    """What a network is to minimise: the loss of its picture, and of what it reads if it does.

    A picture's loss compares pictures in [-1, 1]; the other counts `reading_weight` times.
    """

    picture: Loss
    reading_weight: float = 0.0

    def __call__(self, sharp: Any, characters: Any, outputs: Any) -> Any:
        """Return the loss of a network's outputs: the deblurred picture, or that and logits."""
        deblurred, *readings = outputs if isinstance(outputs, Sequence) else [outputs]
        loss = self.picture(sharp, deblurred)
        for logits in readings:
            loss = loss + self.reading_weight * cross_entropy(characters, logits)
        return loss


LOSSES: dict[str, Loss] = {"mse": mse, "charbonnier_frequency": charbonnier_frequency}
