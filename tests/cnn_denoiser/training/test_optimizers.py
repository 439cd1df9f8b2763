from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.training.optimizers import make_optimizer, make_schedule
from cnn_denoiser.training.options import TrainingOptions


def rates(options: TrainingOptions, *steps: int) -> list[float]:
    schedule = make_schedule(options)
    return [float(schedule(step)) for step in steps]


def test_the_exponential_schedule_decays_in_steps() -> None:
    options = TrainingOptions("moussaka", 99999, learning_rate=0.001)
    expected = [0.001, 0.001, 0.001 * 0.98125, 0.001 * 0.98125**5]
    np.testing.assert_allclose(rates(options, 0, 999, 1000, 5999), expected, rtol=1e-5)


def test_the_cosine_schedule_warms_up_and_ends_at_zero() -> None:
    options = TrainingOptions("unet", 2000, schedule="cosine", learning_rate=0.002)
    start, half_warm, top, later, end = rates(options, 0, 150, 300, 1150, 2000)
    assert start == 0
    assert half_warm == pytest.approx(0.001)
    assert top == pytest.approx(0.002)
    assert later == pytest.approx(0.001)
    assert end == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", ["adam", "adamw", "muon"])
@pytest.mark.parametrize("averaging", [0.0, 0.9])
def test_the_optimizer_is_the_one_asked_for(name: str, averaging: float) -> None:
    options = TrainingOptions("unet", 100, optimizer=name, averaging=averaging)
    optimizer = make_optimizer(options, make_schedule(options))
    assert type(optimizer).__name__.lower() == name
    assert optimizer.use_ema == (averaging > 0)
    assert not averaging or optimizer.ema_momentum == averaging
