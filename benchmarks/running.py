"""Running a benchmark: its errors become a line on stderr and an exit code, as a command's do."""

from __future__ import annotations

from collections.abc import Callable

from plumbing.commands.errors import ExitCode
from plumbing.commands.running import run_command
from plumbing.commands.signals import StopSignals


def run_benchmark(name: str, measure: Callable[[StopSignals], None]) -> int:
    """Run what measures and prints, and return the exit code.

    measure: is given the signals that have come, which it looks at between two steps.
    """

    def work(signals: StopSignals) -> int:
        measure(signals)
        return ExitCode.OK

    return run_command(name, work, "pip install -r requirements-checks.txt")
