from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.calibration.known_characters import KnownCharacters
from cnn_denoiser.calibration.temperature import fit_temperature, negative_log_likelihood
from cnn_denoiser.deblurring.reading import log_probabilities
from plates.slots import CLASSES


def characters(temperature: float, count: int = 4000, seed: int = 1) -> KnownCharacters:
    """Draw logits, and classes of which these are the probabilities at a temperature."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 3, (count, CLASSES)).astype(np.float32)
    shares = np.exp(log_probabilities(logits, temperature)).cumsum(axis=-1)
    classes = (random.uniform(size=(count, 1)) > shares).sum(axis=-1)
    return KnownCharacters(logits, np.minimum(classes, CLASSES - 1).astype(np.int8))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_classes_were_drawn_at_is_found(temperature: float) -> None:
    drawn = characters(temperature)
    fitted = fit_temperature([drawn])
    assert fitted == pytest.approx(temperature, rel=0.05)
    best = negative_log_likelihood(drawn, fitted)
    for other in (1.05 * fitted, fitted / 1.05):
        assert best < negative_log_likelihood(drawn, other)


def test_each_set_counts_alike_however_many_characters_it_has() -> None:
    few, many = characters(2.0, 500), characters(1.0, 500, seed=2)
    more = KnownCharacters(np.tile(many.logits, (9, 1)), np.tile(many.classes, 9))
    assert fit_temperature([few, more]) == pytest.approx(fit_temperature([few, many]))
    assert 1.1 < fit_temperature([few, more]) < 1.9


@pytest.mark.parametrize(("right", "temperature"), [(True, 0.05), (False, 20.0)])
def test_what_is_always_or_never_right_ends_at_a_bound(right: bool, temperature: float) -> None:
    logits = np.zeros((10, CLASSES), np.float32)
    logits[:, 3] = 5
    found = KnownCharacters(logits, np.full(10, 3 if right else 4, np.int8))
    assert fit_temperature([found]) == pytest.approx(temperature, rel=1e-6)


def test_without_characters_nothing_is_fitted() -> None:
    nothing = KnownCharacters(np.empty((0, CLASSES), np.float32), np.empty(0, np.int8))
    for sets in ([], [nothing], [characters(1.0, 5), nothing]):
        with pytest.raises(ValueError, match="one character or more"):
            fit_temperature(sets)
