from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from plumbing.commands.signals import StopSignals
from tests.conftest import PROJECT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noted_and_the_work_goes_on(number: signal.Signals) -> None:
    with StopSignals() as signals:
        assert (signals.received, signals.exit_code) == (None, 0)
        signals.check()
        os.kill(os.getpid(), number)
        assert signals.received == number
        assert signals.exit_code == 128 + number
        with pytest.raises(KeyboardInterrupt):
            signals.check()


def test_a_second_signal_ends_the_work_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), StopSignals() as signals:
        os.kill(os.getpid(), signal.SIGINT)
        assert signals.received == signal.SIGINT
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("went on")


def test_signals_are_given_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with StopSignals():
        pass
    with StopSignals():
        os.kill(os.getpid(), signal.SIGINT)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_ctrl_c_before_and_after_the_work_is_130_without_a_traceback() -> None:
    program = (
        "from plumbing.commands.signals import quit_at_interrupt; quit_at_interrupt()\n"
        "import time; print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert (process.wait(30), process.communicate()[1]) == (130, "")


@pytest.mark.slow
@pytest.mark.parametrize("module", ["blurrer", "plates"])
def test_ctrl_c_at_any_moment_is_130(module: str, tmp_path) -> None:
    """Also while the interpreter loads what the command needs; the first moments are Python's."""
    sharp = tmp_path / "sharp"  # enough of them that the work outlasts the latest signal
    sharp.mkdir()
    for picture in (PROJECT / "data" / "100sharp").glob("*.jpg"):
        for copy in range(20):
            shutil.copy(picture, sharp / f"{copy}_{picture.name}")
    for milliseconds in range(40, 400, 12):
        arguments = (
            [sharp, tmp_path / str(milliseconds)]
            if module == "blurrer"
            else [tmp_path / str(milliseconds), "--count", "9999"]
        )
        process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler=0", "-m", module, *map(str, arguments)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        # Before our first line is run, Python itself says where it was interrupted.
        if "Traceback" in stderr and str(PROJECT) not in stderr:
            continue
        assert "Traceback" not in stderr, (milliseconds, stderr)
        assert process.returncode == 130, (milliseconds, stderr)
