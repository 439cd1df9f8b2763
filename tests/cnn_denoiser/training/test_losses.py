from __future__ import annotations

import keras
import numpy as np

from cnn_denoiser.training.losses import (
    FREQUENCY_WEIGHT,
    Objective,
    charbonnier_frequency,
    cross_entropy,
    mse,
)
from plates.slots import CLASSES, encode


def cost_of(error: np.ndarray) -> float:
    sharp = np.random.default_rng(0).uniform(-1, 1, (2, 90, 270, 1)).astype(np.float32)
    return float(charbonnier_frequency(sharp, sharp + error.astype(np.float32)))


def test_both_terms_are_what_they_are_called() -> None:
    error = np.random.default_rng(1).normal(0, 0.2, (2, 90, 270, 1))
    spectrum = np.abs(np.fft.fft2(error[..., 0])).mean()
    expected = np.sqrt(error**2 + 1e-6).mean() + FREQUENCY_WEIGHT * spectrum
    np.testing.assert_allclose(cost_of(error), expected, rtol=1e-4)


def test_a_perfect_picture_costs_next_to_nothing() -> None:
    assert 0 < cost_of(np.zeros((2, 90, 270, 1))) < 2e-3


def test_a_perfect_picture_trains_on() -> None:
    network = keras.Sequential([keras.Input((90, 270, 1)), keras.layers.Conv2D(1, 1)])
    network.set_weights([np.ones((1, 1, 1, 1)), np.zeros(1)])
    network.compile(keras.optimizers.SGD(0.1), charbonnier_frequency)
    batch = np.zeros((2, 90, 270, 1), np.float32)
    network.train_on_batch(batch, batch)
    assert all(np.isfinite(weights).all() for weights in network.get_weights())


def test_characters_that_are_not_known_cost_nothing() -> None:
    characters = np.stack([encode("京A?????"), encode(None)])
    logits = np.random.default_rng(0).normal(0, 1, (2, 8, CLASSES)).astype(np.float32)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    known = [0, 1, 7]  # the last place is known to be empty
    expected = -np.mean([log_probabilities[0, place, characters[0, place]] for place in known])
    np.testing.assert_allclose(float(cross_entropy(characters, logits)), expected, rtol=1e-5)
    assert float(cross_entropy(characters[1:], logits[1:])) == 0


def test_picture_and_characters_are_weighed() -> None:
    sharp = np.zeros((1, 90, 270, 1), np.float32)
    logits = np.zeros((1, 8, CLASSES), np.float32)
    objective = Objective(mse, reading_weight=0.5)
    cost = float(objective(sharp, encode("京A12345")[None], [sharp + 0.5, logits]))
    np.testing.assert_allclose(cost, 0.25 + 0.5 * np.log(CLASSES), rtol=1e-5)
    assert float(objective(sharp, encode(None)[None], sharp + 0.5)) == 0.25
