from __future__ import annotations

import os

import pytest

from tests.conftest import Command

# What holds the lock that every thread of Python needs, and cannot be interrupted.
WAIT = "import ctypes; ctypes.PyDLL(None).sleep({seconds})"
WATCHED = """
from cnn_denoiser.training.distributed.watchdog import Watchdog
patience = Watchdog({patience}, "nobody came")
for _ in range(2):
    with patience:
        {body}
print("went on")
"""


def watched(patience: float, body: str) -> str:
    return WATCHED.format(patience=patience, body=body)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such function to wait in")
def test_what_takes_too_long_ends_the_process_with_the_message(run_command: Command) -> None:
    result = run_command("-c", watched(0.1, WAIT.format(seconds=60)))
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "nobody came\n")


def test_what_ends_in_time_goes_on_in_silence(run_command: Command) -> None:
    result = run_command("-c", watched(60, "pass"))
    assert (result.returncode, result.stdout, result.stderr) == (0, "went on\n", "")


def test_errors_of_what_is_watched_come_through(run_command: Command) -> None:
    result = run_command("-c", watched(60, "raise SystemExit(3)"))
    assert (result.returncode, result.stderr) == (3, "")
