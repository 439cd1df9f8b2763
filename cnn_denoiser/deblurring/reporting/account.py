"""What is told of the pictures as they are finished: on the terminal, in reports, at the end."""

from __future__ import annotations

import argparse
import contextlib
import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_denoiser.deblurring.planning import Plan, UsageError
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.summary import Summary, printable

if TYPE_CHECKING:
    import numpy as np

    from cnn_denoiser.deblurring.reporting.report import Report

# After these, every further write would fail as well.
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class Account:
    """While entered, takes what became of each picture; told in full when it is left."""

    def __init__(self, planned: Plan, options: argparse.Namespace):
        """Open the reports; raises UsageError where one cannot be."""
        self.summary = Summary(
            len(planned) + len(planned.unreadable),
            planned.others,
            planned.linked_folders,
            planned.beyond_limit,
        )
        self.ended = False  # whether the rest is not worth trying
        self._planned = planned
        self._quiet: bool = options.quiet
        self._verbose: bool = options.verbose
        self._report_failed = False
        self._reports: dict[Path, Report] = {}
        with contextlib.ExitStack() as opened:
            for path in options.report:
                report = _open_report(path)
                opened.callback(report.discard)
                self._reports[path] = report
            opened.pop_all()
        self._bar = None
        if not self._quiet and sys.stderr.isatty():
            from tqdm import tqdm

            to_do = len(planned) - len(planned.standing)
            self._bar = tqdm(total=to_do, unit=" pictures", file=sys.stderr)

    @property
    def something_failed(self) -> bool:
        """Whether a picture, a report, or all that was still to be done failed."""
        return self.summary.failed > 0 or self._report_failed or self.ended

    def __enter__(self) -> Account:
        for path, reason in self._planned.unreadable:
            self.add(Outcome(path, None, "failed", reason), None, None)
        return self

    def add(self, outcome: Outcome, before: np.ndarray | None, after: np.ndarray | None) -> None:
        """Take what became of a picture, and the picture before and after for the reports."""
        self.summary.add(outcome)
        if self._bar is not None and outcome.status != "skipped":
            self._bar.update()
        if outcome.status == "failed":
            self._tell_failure(outcome)
        elif self._verbose:
            self._write(_line(outcome))
        for path, report in list(self._reports.items()):
            try:
                report.add(outcome, before, after)
            except OSError as error:
                self._drop_report(path, error)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
        for path, report in list(self._reports.items()):
            if kind is not None:
                report.discard()
                continue
            try:
                report.close(self._figures())
            except OSError as error:
                self._drop_report(path, error)
        if kind is None and not self._quiet:
            if warning := self.summary.warning():
                self._tell(f"warning: {warning}")
            print(self.summary)

    def _tell_failure(self, outcome: Outcome) -> None:
        if self.ended:  # it has the same cause
            return
        end = self._end(outcome)
        self.ended = end is not None
        self._tell(end or f"{printable(outcome.source)}: {printable(outcome.reason)}")

    def _end(self, outcome: Outcome) -> str | None:
        """Say why nothing more can be done, where the failure of one picture shows that."""
        source, destination = self._planned.source, self._planned.folders.destination
        if outcome.error in DISK_ERRORS:
            reason = f"{printable(outcome.source)}: its result cannot be written: {outcome.reason}"
        elif not source.exists():
            reason = f"{printable(source)} has vanished"
        elif not destination.exists():
            reason = f"{printable(destination)} has vanished"
        else:
            return None
        return f"{reason}; stopped. What is done stays, and --existing skip goes on from there"

    def _drop_report(self, path: Path, error: OSError) -> None:
        self._reports.pop(path).discard()
        self._report_failed = True
        self._tell(f"{printable(path)} cannot be written: {error.strerror}")

    def _figures(self) -> dict[str, object]:
        return {
            "source": self._planned.source,
            "destination": self._planned.folders.destination,
            **self.summary.figures(),
        }

    def _tell(self, text: str) -> None:
        self._write(f"deblur_images.py: {text}")

    def _write(self, line: str) -> None:
        if self._bar is None:
            print(line, file=sys.stderr)
        else:
            self._bar.write(line, file=sys.stderr)


def _open_report(path: Path) -> Report:
    from cnn_denoiser.deblurring.reporting.report import open_report

    try:
        return open_report(path)
    except ValueError as error:
        raise UsageError(f"--report: {error}") from error


def _line(outcome: Outcome) -> str:
    parts = [printable(outcome.source)]
    if outcome.output is not None:
        parts.append(f" -> {printable(outcome.output)}")
    if outcome.milliseconds is not None:
        parts.append(f" ({outcome.width}x{outcome.height}, {outcome.milliseconds:.0f} ms)")
    if outcome.reason:
        parts.append(f": {outcome.reason}")
    return "".join(parts)
