from __future__ import annotations

import keras
import numpy as np

from cnn_denoiser.training.optimizers.adam import Adam


def test_the_average_follows_closely_at_first() -> None:
    variable = keras.Variable(np.zeros(1, np.float32))
    optimizer = Adam(1.0, [1.0], use_ema=True, ema_momentum=0.8)
    optimizer.build([variable])
    average = expected = 0.0
    for step in range(500):
        optimizer.apply([np.full(1, -1, np.float32)])
        value = float(variable.numpy()[0])
        momentum = min(0.8, (1 + step) / (100 + step)) if step else 0.0
        expected = momentum * expected + (1 - momentum) * value
        copy = keras.Variable(variable.value)
        optimizer.finalize_variable_values([variable])
        average = float(variable.numpy()[0])
        variable.assign(copy.value)
        np.testing.assert_allclose(average, expected, rtol=1e-4)
