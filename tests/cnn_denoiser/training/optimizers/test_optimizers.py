from __future__ import annotations

import keras
import pytest

from cnn_denoiser.training.optimizers import OPTIMIZERS, make_optimizer
from cnn_denoiser.training.options import TrainingOptions


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_clips_gradients_and_averages_as_asked_for(name: str) -> None:
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    for ema in (0.0, 0.9):
        options = TrainingOptions(model="unet", num_iter=9, optimizer=name, ema=ema)
        optimizer = make_optimizer(options, network)
        assert optimizer.global_clipnorm == 1
        assert optimizer.use_ema == (ema > 0)
        if ema:
            optimizer.iterations.assign(10**6)  # far behind the average's warm-up
            assert float(optimizer.ema_momentum) == pytest.approx(ema)
