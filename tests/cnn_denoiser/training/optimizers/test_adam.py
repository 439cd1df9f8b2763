from __future__ import annotations

import keras
import numpy as np
import pytest

from cnn_denoiser.model_definitions import create_model
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.distributed.one_device import OneDevice
from cnn_denoiser.training.losses import Objective, mse
from cnn_denoiser.training.optimizers import OPTIMIZERS, make_optimizer
from cnn_denoiser.training.optimizers.adam import fan_in, rate_scales
from cnn_denoiser.training.options import with_recipe


@pytest.mark.parametrize("name", list(OPTIMIZERS))
@pytest.mark.parametrize("ema", [0.0, 0.9])
def test_the_optimizer_is_the_one_asked_for(name: str, ema: float) -> None:
    options = with_recipe({"model": "moussaka", "num_iter": 9, "optimizer": name, "ema": ema})
    network = create_model("moussaka", width=0.02)
    optimizer = make_optimizer(options, network)
    assert type(optimizer).__name__.lower() == name
    assert optimizer.use_ema == (ema > 0)


def test_the_fan_in_counts_the_inputs_of_an_output() -> None:
    convolution = keras.layers.Conv2D(4, 5, strides=3)
    convolution.build((None, 9, 9, 8))
    assert fan_in(convolution) == 25 * 8
    transposed = keras.layers.Conv2DTranspose(4, 6, strides=3)
    transposed.build((None, 9, 9, 8))
    assert fan_in(transposed) == 36 * 8 / 9


def test_the_rate_goes_with_the_inverse_of_the_fan_in() -> None:
    scales = rate_scales(create_model("moussaka"))
    expected = [1, 1, 256 / 12800, 1, 256 / 6400, 1, 256 / 3200, 1, 1, 1, 256 / 712, 1]
    np.testing.assert_allclose(scales[:8] + scales[9:10], [*expected[:8], 1], rtol=1e-6)
    assert scales[10] == pytest.approx(min(1, 256 / (25 * 256 / 9)))


def dead_share(network: keras.Model, frames: np.ndarray) -> float:
    """Return the largest share of the channels of a layer that answer to nothing."""
    inner = [layer for layer in network.layers if hasattr(layer, "kernel")][:-1]
    model = keras.Model(network.inputs[0], [layer.output for layer in inner])
    outputs = model(frames[..., np.newaxis].astype(np.float32) / 127.5 - 1)
    return max(float((np.asarray(o).max(axis=(0, 1, 2)) <= 0).mean()) for o in outputs)


def after_some_batches(optimizer_of: object) -> float:
    network = create_model("moussaka", width=0.25)
    for layer in network.layers:
        if hasattr(layer, "rate"):
            layer.rate.assign(0.0)
    optimizer = optimizer_of(network)  # type: ignore[operator]
    optimizer.build(network.trainable_variables)
    step = OneDevice().make_step(network, optimizer, Objective(mse))
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (2, 9, 27), np.uint8)
    sharp = levels.repeat(10, axis=1).repeat(10, axis=2)
    step([Batch(sharp, sharp, np.zeros((2, 8), np.int8))] * 10, [0.003] * 10)
    return dead_share(network, sharp)


def test_relus_stay_alive_where_plain_adam_kills_them() -> None:
    def scaled(network: keras.Model) -> keras.optimizers.Optimizer:
        options = with_recipe({"model": "moussaka", "num_iter": 99999})
        return make_optimizer(options, network)

    assert after_some_batches(scaled) < 0.05
    assert after_some_batches(lambda network: keras.optimizers.Adam(0.003)) > 0.3
