from __future__ import annotations

import pytest

from cnn_denoiser.training.optimizers import schedules
from cnn_denoiser.training.options import TrainingOptions, with_recipe


def rates(options: TrainingOptions, *steps: int) -> list[float]:
    schedule = schedules.make_schedule(options)
    return [float(schedule(step)) for step in steps]


def test_the_exponential_schedule_falls_by_one_factor_to_its_share_at_the_end() -> None:
    options = with_recipe({"model": "moussaka", "num_iter": 1000, "final_rate": 0.01})
    start, early, middle, end = rates(options, 0, 200, 600, 1000)
    assert start == pytest.approx(options.learning_rate / 100)
    assert end == pytest.approx(0.01 * options.learning_rate, rel=1e-4)
    assert middle / early == pytest.approx(end / middle, rel=1e-4)


@pytest.mark.parametrize(("batches", "warm_up"), [(1, 1), (9, 1), (50, 5), (1000, 100)])
def test_a_short_run_warms_up_in_a_tenth_of_its_batches(batches: int, warm_up: int) -> None:
    options = with_recipe({"model": "moussaka", "num_iter": batches, "final_rate": 1.0})
    start, almost, warm = rates(options, 0, max(warm_up - 2, 0), warm_up - 1)
    assert start == pytest.approx(options.learning_rate / warm_up)
    assert warm == pytest.approx(options.learning_rate)
    assert almost < warm or warm_up == 1


def test_the_cosine_schedule_warms_up_and_ends_at_zero() -> None:
    options = with_recipe({"model": "unet", "num_iter": 2000, "learning_rate": 0.002})
    start, half_warm, top, later, end = rates(options, 0, 150, 300, 1150, 2000)
    assert start == 0
    assert half_warm == pytest.approx(0.001)
    assert top == pytest.approx(0.002)
    assert later == pytest.approx(0.001)
    assert end == pytest.approx(0, abs=1e-9)
