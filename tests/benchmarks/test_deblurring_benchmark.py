from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.deblurring import Bench
from benchmarks.ratios import MEGABYTE, fastest
from benchmarks.watched_process import run_python
from tests.conftest import Command


def test_the_best_of_many_runs_counts() -> None:
    first, second = iter([3.0, 1.0, 2.0]), iter([5.0, 6.0, 7.0])
    assert fastest(3, lambda: next(first), lambda: next(second)) == [1.0, 5.0]


def test_memory_is_that_of_the_command_alone() -> None:
    own = np.ones(200 * MEGABYTE, np.uint8)
    seconds, memory = run_python("-c", "x = bytearray(b'1') * (50 << 20)")
    assert own.all() and 0 < seconds
    assert 50 * MEGABYTE < memory < 120 * MEGABYTE


def test_the_command_is_compared_for_few_and_many_pictures(tmp_path: Path) -> None:
    row = Bench("unet", tmp_path, runs=1).memory(1, 3)
    assert 0.5 < row.ratio < 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "3"]


@pytest.mark.slow
def test_the_table_has_every_row(run_command: Command) -> None:
    result = run_command(
        *("-m", "benchmarks.deblurring", "--model", "unet", "--runs", 1, "--pictures", 3),
        *("--memory", 1, 3, "--names", 5),
    )
    assert result.returncode == 0, result.stderr
    for name in (
        *("start", "command, f32, 3 files", "command, int8, 3 files", "planning, 5 names"),
        *("operations, f32", "network, f32", "network, int8", "network, bf16"),
    ):
        assert name in result.stdout
