"""What is told of the pictures as they are finished: on the terminal, in reports, at the end."""

from __future__ import annotations

import contextlib
import errno
import logging
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.reading_row import in_percent
from cnn_denoiser.deblurring.reporting.summary import Summary

if TYPE_CHECKING:
    import numpy as np

    from cnn_denoiser.deblurring.reporting.report import Report

# After these, every further write would fail as well.
DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})

_log = logging.getLogger(__name__)


class Account:
    """While entered, takes what became of each picture; told in full when it is left."""

    def __init__(
        self,
        summary: Summary,
        reports: Iterable[Path] = (),
        *,
        details: dict[str, object] | None = None,
        folders: Sequence[Path] = (),
        expected: int | None = None,
        quiet: bool = False,
        verbose: bool = False,
    ):
        """Open the reports; raises UsageError where one cannot be.

        summary:  counts what is added here.
        details:  what reports say of all pictures together, beside the counts.
        folders:  the work ends when one of them vanishes.
        expected: pictures that a progress bar waits for; None: no bar.
        quiet:    neither a summary nor warnings.
        verbose:  a line for each picture.
        """
        self.summary = summary
        self.ended = False  # whether the rest is not worth trying
        self._details = details or {}
        self._folders = folders
        self._quiet = quiet
        self._verbose = verbose
        self._report_failed = False
        self._reports: dict[Path, Report] = {}
        with contextlib.ExitStack() as opened:
            for path in reports:
                report = _open_report(path)
                opened.callback(report.discard)
                self._reports[path] = report
            opened.pop_all()
        self._bar = None
        if expected is not None and not quiet and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=expected, unit=" pictures", file=sys.stderr)

    @property
    def something_failed(self) -> bool:
        """Whether a picture, a report, or all that was still to be done failed."""
        return self.summary.failed > 0 or self._report_failed or self.ended

    def __enter__(self) -> Account:
        return self

    def add(
        self,
        outcome: Outcome,
        before: np.ndarray | None = None,
        after: np.ndarray | None = None,
    ) -> None:
        """Take what became of a picture, and the picture before and after for the reports."""
        self.summary.add(outcome)
        if self._bar is not None and outcome.status != "skipped":
            self._bar.update()
        if outcome.status == "failed":
            self._tell_failure(outcome)
        elif self._verbose:
            _log.info("%s", _line(outcome))
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
                report.close(self._details | self.summary.figures())
            except OSError as error:
                self._drop_report(path, error)
        if kind is None and not self._quiet:
            if warning := self.summary.warning():
                _log.warning("%s", warning)
            print(self.summary)

    def _tell_failure(self, outcome: Outcome) -> None:
        if self.ended:  # it has the same cause
            return
        end = self._end(outcome)
        self.ended = end is not None
        _log.error("%s", end or f"{outcome.source}: {outcome.reason}")

    def _end(self, outcome: Outcome) -> str | None:
        """Say why nothing more can be done, where the failure of one picture shows that."""
        vanished = [folder for folder in self._folders if not folder.exists()]
        if outcome.error in DISK_ERRORS:
            reason = f"{outcome.source}: its result cannot be written: {outcome.reason}"
        elif vanished:
            reason = f"{vanished[0]} has vanished"
        else:
            return None
        return f"{reason}; stopped. What is done stays, and --existing skip goes on from there"

    def _drop_report(self, path: Path, error: OSError) -> None:
        self._reports.pop(path).discard()
        self._report_failed = True
        _log.error("%s cannot be written: %s", path, error.strerror)


def _open_report(path: Path) -> Report:
    from cnn_denoiser.deblurring.reporting.report import open_report

    return open_report(path)


def _line(outcome: Outcome) -> str:
    parts = [str(outcome.source)]
    if outcome.output is not None:
        parts.append(f" -> {outcome.output}")
    if outcome.milliseconds is not None:
        parts.append(f" ({outcome.width}x{outcome.height}, {outcome.milliseconds:.0f} ms)")
    if outcome.frames:
        used = sum(frame.used for frame in outcome.frames)
        parts.append(f", {used} of {len(outcome.frames)} frames")
    if outcome.reading is not None:
        parts.append(f", read {outcome.reading}")
        if outcome.reading.is_plate:
            parts.append(f" ({in_percent(outcome.reading.probability)})")
    if outcome.as_it_is:
        parts.append(", readable as it is")
    if told := outcome.reason or outcome.warning:
        parts.append(f": {told}")
    return "".join(parts)
