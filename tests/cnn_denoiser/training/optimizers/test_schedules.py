from __future__ import annotations

import pytest

from cnn_denoiser.training.optimizers.schedules import WARM_UP, learning_rate
from cnn_denoiser.training.options import TrainingOptions, with_recipe


def rates(options: TrainingOptions, *steps: int) -> list[float]:
    return [learning_rate(options, step, step / options.num_iter) for step in steps]


def test_the_exponential_schedule_falls_by_one_factor_to_its_share_at_the_end() -> None:
    options = with_recipe({"model": "moussaka", "num_iter": 10_000, "final_rate": 0.01})
    early, middle, end = rates(options, 2000, 6000, 10_000)
    assert end == pytest.approx(0.01 * options.learning_rate)
    assert middle / early == pytest.approx(end / middle)


@pytest.mark.parametrize(
    ("batches", "warm_up"), [(1, 1), (9, 1), (50, 5), (1000, 100), (99_999, WARM_UP)]
)
def test_a_run_warms_up_and_a_short_one_in_a_tenth_of_its_batches(
    batches: int, warm_up: int
) -> None:
    options = with_recipe({"model": "moussaka", "num_iter": batches, "final_rate": 1.0})
    start, almost, warm = rates(options, 0, max(warm_up - 2, 0), warm_up - 1)
    assert start == pytest.approx(options.learning_rate / warm_up)
    assert warm == pytest.approx(options.learning_rate)
    assert almost < warm or warm_up == 1


def test_the_cosine_schedule_falls_to_zero() -> None:
    options = with_recipe({"model": "unet", "num_iter": 20_000, "learning_rate": 0.002})
    early, half, end = rates(options, WARM_UP, 10_000, 20_000)
    assert early == pytest.approx(0.002, rel=0.01)
    assert half == pytest.approx(0.001)
    assert end == pytest.approx(0, abs=1e-9)
