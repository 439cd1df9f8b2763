from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from plumbing.commands.errors import CommandError, ExitCode, NothingToDoError, UsageError
from plumbing.commands.running import run_command
from plumbing.commands.signals import StopSignals


def run(work: Callable[[StopSignals], int]) -> int:
    return run_command("toy", work, "pip install toy")


def failing(error: BaseException) -> Callable[[StopSignals], int]:
    def work(signals: StopSignals) -> int:
        raise error

    return work


@pytest.mark.parametrize("code", [0, 1, ExitCode.MODEL])
def test_the_works_exit_code_is_the_commands(code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(lambda signals: code) == code
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("it broke"), 1),
        (UsageError("it broke"), 2),
        (NothingToDoError("it broke"), 3),
    ],
)
def test_an_error_is_a_line_and_its_exit_code(
    error: CommandError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(failing(error)) == code
    assert capsys.readouterr() == ("", "toy: error: it broke\n")


def test_a_file_name_in_an_error_is_made_printable(capsys: pytest.CaptureFixture[str]) -> None:
    run(failing(UsageError("no file \x1b[2J\udcff")))
    assert capsys.readouterr().err == "toy: error: no file \\x1b[2J\\udcff\n"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(13, "Permission denied", "a\nb"), r"a\nb: Permission denied"),
        (OSError(28, "No space left on device", b"\xff"), r"\udcff: No space left on device"),
        (OSError("odd"), "odd"),
    ],
)
def test_an_operating_systems_refusal_is_a_line(
    error: OSError, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(failing(error)) == 1
    assert capsys.readouterr().err == f"toy: error: {told}\n"


def test_a_bug_shows_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run(lambda signals: 1 // 0)


def test_an_interruption_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "toy: interrupted\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_the_exit_code_whatever_the_work_says(number: signal.Signals) -> None:
    def work(signals: StopSignals) -> int:
        os.kill(os.getpid(), number)
        return ExitCode.OK

    assert run(work) == 128 + number


def test_a_missing_package_is_named_with_what_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    def work(signals: StopSignals) -> int:
        import no_such_package_of_anybody  # type: ignore[import-not-found]

        return no_such_package_of_anybody.code

    assert run(work) == 2
    assert (
        capsys.readouterr().err
        == "toy: error: no_such_package_of_anybody is not installed; run: pip install toy\n"
    )


def test_a_module_of_ours_that_is_missing_is_a_bug() -> None:
    def work(signals: StopSignals) -> int:
        import blurrer.no_such_module  # type: ignore[import-not-found]

        return blurrer.no_such_module.code

    with pytest.raises(ModuleNotFoundError):
        run(work)
