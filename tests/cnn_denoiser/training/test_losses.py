from __future__ import annotations

import keras
import numpy as np

from cnn_denoiser.training.losses import FREQUENCY_WEIGHT, charbonnier_frequency


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
