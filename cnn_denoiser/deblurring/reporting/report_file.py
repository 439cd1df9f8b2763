"""A JSON report that was written, read again row by row; it may hold anything."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnn_denoiser.deblurring.reporting import reading_row
from cnn_denoiser.deblurring.reporting.summary import FIGURES
from cnn_denoiser.deblurring.reporting.table_report import COLUMNS
from plumbing.commands.errors import UsageError
from plumbing.files.regular import open_regular_file

COUNTS = ("total", "done", "skipped", "failed", "warned", "others", "repaired")
_KNOWN = {*COLUMNS, *reading_row.COLUMNS, "frames"}
_RUNNER_UP = ("place", "character", "probability", "runner_up", "runner_up_probability")

Row = dict[str, Any]
Summary = dict[str, Any]


def read_summary(report: Path) -> Summary:
    """Return what a report tells of all its pictures together; raises UsageError."""
    try:
        with open_regular_file(report) as file:
            summary = json.loads(file.readline().rstrip(b",\r\n") + b"}")["summary"]
    except OSError as error:
        raise UsageError(f"{report} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _not_a_report(report) from error
    if not isinstance(summary, dict) or not _is_summary(summary):
        raise _not_a_report(report)
    return summary


def read_rows(report: Path) -> Iterator[Row]:
    """Give the rows of a report; raises UsageError, OSError."""
    with open_regular_file(report) as file:
        next(file, b"")  # the summary
        if next(file, b"").rstrip() != b'"pictures": [':
            raise _not_a_report(report)
        for line in file:
            if line.rstrip() == b"]}":
                return
            try:
                row = json.loads(line.rstrip().removesuffix(b","))
            except (ValueError, RecursionError) as error:
                raise _not_a_report(report) from error
            if not isinstance(row, dict) or not _is_row(row):
                raise _not_a_report(report)
            yield row
    raise UsageError(f"{report} is not whole: its end is missing")


def _is_summary(summary: Summary) -> bool:
    counts = [*COUNTS, *(name for name in FIGURES if name in summary)]
    seconds = summary.get("seconds")
    return (
        all(type(summary.get(name)) is int for name in counts)
        and isinstance(seconds, int | float)
        and abs(seconds) < math.inf  # nor NaN
        and isinstance(summary.get("grouped"), bool)
        and "destination" in summary
        and isinstance(summary.get("options"), str)
    )


def _is_row(row: Row) -> bool:
    return (
        set(COLUMNS) <= row.keys() <= _KNOWN
        and _are_texts(row, "source", "status", "reason", "warning")
        and isinstance(row["output"], str | None)
        and (row.get("frames") is None or _are_frames(row["frames"]))
        and (row.get("text") is None or _is_reading(row))
    )


def _is_reading(row: Row) -> bool:
    return (
        set(reading_row.COLUMNS) <= row.keys()
        and isinstance(row["character_probabilities"], list)
        and isinstance(row["as_it_is"], bool | None)
        and isinstance(row["runner_ups"], list)
        and all(isinstance(one, dict) and one.keys() >= {*_RUNNER_UP} for one in row["runner_ups"])
    )


def _are_frames(frames: object) -> bool:
    return isinstance(frames, list) and all(
        isinstance(frame, dict)
        and isinstance(frame.get("used"), bool)
        and _are_texts(frame, "source", "reason")
        for frame in frames
    )


def _are_texts(row: Row, *names: str) -> bool:
    return all(isinstance(row.get(name), str) for name in names)


def _not_a_report(report: Path) -> UsageError:
    return UsageError(f"{report} is no report that --report FILE.json has written")
