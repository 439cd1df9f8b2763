from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.training.optimizers import schedules
from cnn_denoiser.training.options import TrainingOptions, with_recipe


def rates(options: TrainingOptions, *steps: int) -> list[float]:
    schedule = schedules.make_schedule(options)
    return [float(schedule(step)) for step in steps]


def test_the_exponential_schedule_warms_up_and_decays_in_steps() -> None:
    options = with_recipe({"model": "moussaka", "num_iter": 99999, "learning_rate": 0.001})
    expected = [0.00001, 0.0005, 0.001, 0.001 * 0.98125, 0.001 * 0.98125**5]
    np.testing.assert_allclose(rates(options, 0, 49, 999, 1000, 5999), expected, rtol=1e-5)


def test_the_cosine_schedule_warms_up_and_ends_at_zero() -> None:
    options = with_recipe({"model": "unet", "num_iter": 2000, "learning_rate": 0.002})
    start, half_warm, top, later, end = rates(options, 0, 150, 300, 1150, 2000)
    assert start == 0
    assert half_warm == pytest.approx(0.001)
    assert top == pytest.approx(0.002)
    assert later == pytest.approx(0.001)
    assert end == pytest.approx(0, abs=1e-9)
