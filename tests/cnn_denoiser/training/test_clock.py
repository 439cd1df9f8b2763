from __future__ import annotations

import pytest

from cnn_denoiser.training import clock
from cnn_denoiser.training.clock import Clock


class Time:
    """Stands in for the time of the machine."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(clock, "monotonic", time)
    return time


def test_the_share_runs_from_the_first_batch_to_the_limit(time: Time) -> None:
    one = Clock(100)
    one.start()
    assert one.share == 0
    shares = []
    for now in (1020, 1060, 1100, 1130):
        time.now = now
        one.tick()
        shares.append(one.share)
    assert shares == pytest.approx([0, 0.5, 1, 1])


def test_a_stretch_that_follows_has_the_rest_of_the_time(time: Time) -> None:
    first, second = Clock(100), Clock(100)
    first.start()
    time.now += 40
    first.tick()
    second.elapsed.assign(first.elapsed)
    time.now += 5000  # while nothing ran
    second.start()
    assert second.share == pytest.approx(0.4)
    time.now += 20
    second.tick()
    assert second.share == pytest.approx(0.4)
    time.now += 20
    second.tick()
    assert second.share == pytest.approx(0.7)
    time.now += 20
    second.tick()
    assert second.share == 1


def test_another_limit_changes_the_share(time: Time) -> None:
    one = Clock(200)
    one.elapsed.assign(50)
    assert one.share == pytest.approx(0.25)
    over = Clock(40)
    over.elapsed.assign(50)
    over.start()
    over.tick()
    assert over.share == 1


def test_without_a_limit_no_time_is_over_and_none_is_kept(time: Time) -> None:
    one = Clock(0)
    one.start()
    time.now += 10
    one.tick()
    assert (one.share, float(one.elapsed.numpy())) == (0, 0)
