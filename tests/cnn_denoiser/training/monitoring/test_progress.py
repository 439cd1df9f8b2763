from __future__ import annotations

import time

import pytest

from cnn_denoiser.training.monitoring import progress
from cnn_denoiser.training.monitoring.progress import Progress, Throughput


def test_throughput_tells_speed_and_waiting_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)

    def batches():
        nonlocal now
        for batch in range(3):
            now += 2  # waited for
            yield batch

    throughput = Throughput(batch_size=10)
    seen = []
    for batch in throughput.timed(batches()):
        seen.append(batch)
        now += 3  # learned from
        if batch == 1:
            assert throughput.take() == {"pictures_per_second": 2.0, "seconds_waiting": 4.0}
    assert seen == [0, 1, 2]
    assert throughput.take() == {"pictures_per_second": 2.0, "seconds_waiting": 2.0}


def test_where_there_is_no_terminal_lines_are_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0)
    with Progress(1, 3, "training", batch_size=2) as shown:
        shown.update(0.5, PSNR="17.25")
        shown.update(0.25, PSNR="17.25")
    last = capsys.readouterr().err.splitlines()[-2]
    assert last.startswith("training: 3/3 [")
    assert "loss=0.2500" in last and "PSNR=17.25" in last and "pictures/s=" in last
