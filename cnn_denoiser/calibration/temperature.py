"""The temperature of a network that reads: what makes its probabilities hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn_denoiser.calibration.known_characters import KnownCharacters
from cnn_denoiser.deblurring.reading import log_probabilities

COLDEST, HOTTEST = 0.05, 20.0

LEAST_WRONG = 20
"""Of a set's characters, those that have to be read wrongly, for they are what tells a temperature.

Measured with `unet` on sets drawn from 600 synthetic plates under the profile `camera`: with 2 to 4
wrong characters the temperature is off by 35 % (root mean square), with 10 to 14 by 15 %, with 20
to 29 by 11 %, with 50 to 79 by 5 %. Of some 40 of these plates `unet` reads 20 characters wrongly.
"""

_HALVINGS = 50


def fit_temperature(sets: Sequence[KnownCharacters]) -> float:
    """Return the temperature, from 0.05 to 20, at which what stands there is most likely.

    It minimises the negative log-likelihood (Guo et al. 2017, arXiv:1706.04599, section 4.2), the
    mean over the sets, so that each counts alike. That is convex in 1 / temperature, and halving
    finds where its slope is 0.
    """
    if not all(len(characters.classes) for characters in sets) or not sets:
        raise ValueError("there must be sets of one character or more")
    low, high = 1 / HOTTEST, 1 / COLDEST
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        rises = sum(_slope(characters, middle) for characters in sets) > 0
        low, high = (low, middle) if rises else (middle, high)
    return 1 / (low * high) ** 0.5


def negative_log_likelihood(characters: KnownCharacters, temperature: float = 1.0) -> float:
    """Return the mean of -ln(probability of what stands there)."""
    found = log_probabilities(characters.logits, temperature)
    return -float(_of_classes(found, characters.classes).mean())


def _slope(characters: KnownCharacters, cold: float) -> float:
    """Return the slope of the negative log-likelihood along 1 / temperature.

    The mean of the logit that is expected by the probabilities, less the right class's.
    """
    logits = characters.logits.astype(np.float64)
    expected = (np.exp(log_probabilities(logits, 1 / cold)) * logits).sum(axis=-1)
    return float((expected - _of_classes(logits, characters.classes)).mean())


def _of_classes(values: np.ndarray, classes: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, classes[:, None].astype(np.int64), axis=-1)[:, 0]
