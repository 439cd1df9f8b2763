"""Whole runs of a tiny network with a time limit; every batch takes ten seconds."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnn_denoiser.model_files.digest import sha256
from cnn_denoiser.model_files.run_folder import STATE, STATE_SHA256, find_model_folder
from cnn_denoiser.training import clock
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.clock import ELAPSED
from cnn_denoiser.training.learner import Learner
from cnn_denoiser.training.monitoring import progress
from tests.helpers.tiny_runs import command, description

pytestmark = pytest.mark.usefixtures("tiny_networks", "ten_seconds")

FIVE_MINUTES = (
    *("--minutes", 5, "--validation_share", 0, "--schedule", "exponential", "--dropout", 0),
    *("--log_every", 1, "--save_every", 1),
)


@pytest.fixture
def ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = itertools.count()
    monkeypatch.setattr(clock, "monotonic", lambda: 10.0 * next(looks))


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that was stopped after 18 of its 30 batches."""
    learn = Learner.learn

    def learn_or_stop(self: Learner, batches: list[Batch]) -> list[float]:
        if self.step == 18:
            raise KeyboardInterrupt
        return learn(self, batches)

    with monkeypatch.context() as patch:
        patch.setattr(Learner, "learn", learn_or_stop)
        assert command(tmp_path, "restart", 100, *FIVE_MINUTES) == 130
    assert description(tmp_path).step == 18
    return tmp_path


def learning_rates(run: Path) -> list[float]:
    events = EventAccumulator(str(run / "training"), size_guidance={"scalars": 0}).Reload()
    return [event.value for event in events.Scalars("learning_rate")]


def test_a_run_ends_with_its_schedule_at_its_end(tmp_path: Path) -> None:
    assert command(tmp_path, "restart", 100, *FIVE_MINUTES) == 0
    assert description(tmp_path).step == 30
    rates = learning_rates(tmp_path)
    assert len(rates) == 30
    assert rates[-1] < 0.05 * max(rates)


def test_its_progress_is_told_by_the_clock_and_not_by_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    assert command(tmp_path, "restart", 99_999, *FIVE_MINUTES) == 0
    err = capsys.readouterr().err
    assert "99999" not in err
    shares = [int(share) for share in re.findall(r"minutes_done=(\d+)%", err)]
    assert shares == sorted(shares)
    assert shares[0] < 10 and shares[-1] > 90


def test_a_run_that_goes_on_has_the_rest_of_its_time(
    stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(stopped, "continue", 100) == 0
    assert description(stopped).step == 30
    rates = learning_rates(stopped)[10:]  # after the warm-up
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.1 * max(rates)
    assert command(stopped, "continue", 100) == 0
    assert "5 minutes are trained already: give more --minutes" in capsys.readouterr().err
    assert description(stopped).step == 30


def test_a_run_can_be_given_more_time(stopped: Path) -> None:
    assert command(stopped, "continue", 100, "--minutes", 10) == 0
    assert description(stopped).step == 60


def test_a_state_without_its_time_begins_at_zero(stopped: Path) -> None:
    folder = find_model_folder(stopped)
    with np.load(folder / STATE) as saved:
        arrays = {name: saved[name] for name in saved.files if name != ELAPSED}
        assert len(arrays) == len(saved.files) - 1
    np.savez(folder / STATE, **arrays)
    (folder / STATE_SHA256).write_text(f"{sha256(folder / STATE)}  {STATE}\n")
    assert command(stopped, "continue", 100) == 0
    assert description(stopped).step == 18 + 30
