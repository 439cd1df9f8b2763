"""Joining the JSON reports of the shards of a run."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cnn_denoiser.deblurring.reporting.summary import FIGURES
from cnn_denoiser.deblurring.reporting.table_report import write_csv, write_json
from plumbing.commands.errors import UsageError
from plumbing.files.atomic import open_atomically
from plumbing.files.regular import open_regular_file

WRITERS = {".json": write_json, ".csv": write_csv}

# Of files that belong to no shard: the first shard counts them.
_ADDED = ("total", "done", "skipped", "failed", "warned", "others", "repaired")
_SAME = ("sources", "destination", "model", "weights_sha256")

Summary = dict[str, Any]


def join_reports(reports: Sequence[Path], joined: Path) -> Summary:
    """Write one report, .json or .csv, with the rows of all; return its summary.

    The counts are added up; `seconds` are those of the shard that took longest. Rows keep the order
    of the reports. Memory does not depend on their number. Raises UsageError where one is no JSON
    report, where they are not of one run, or where shards are missing or given twice; OSError
    where the joined one cannot be written.
    """
    writer = WRITERS.get(joined.suffix.lower())
    if writer is None:
        raise UsageError(f"{joined}: a joined report's name must end in {' or '.join(WRITERS)}")
    summaries = [_read_summary(report) for report in reports]
    _check(reports, summaries)
    first = summaries[0]
    added = (*_ADDED, *(name for name in FIGURES if name in first))
    together: Summary = {name: sum(one.get(name, 0) for one in summaries) for name in added}
    together |= {name: first[name] for name in _SAME if name in first}
    together["shards"] = len(summaries)
    together["seconds"] = max(one.get("seconds", 0) for one in summaries)
    together["interrupted"] = any(one.get("interrupted") for one in summaries)

    def rows() -> Iterator[dict[str, Any]]:
        for report in reports:
            yield from _read_rows(report)

    with open_atomically(joined) as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        writer(file, together, rows)
        file.flush()
        file.detach()
    return together


def _check(reports: Sequence[Path], summaries: Sequence[Summary]) -> None:
    seen: dict[int, Path] = {}
    counts = set()
    for report, summary in zip(reports, summaries, strict=True):
        number, _, count = str(summary.get("shard", "")).partition("/")
        if not (number.isdecimal() and count.isdecimal()):
            raise UsageError(f"{report} is not of a shard (--shard K/N)")
        if int(number) in seen:
            raise UsageError(f"{seen[int(number)]} and {report} are both of shard {number}/{count}")
        for name in _SAME:
            if summary.get(name) != summaries[0].get(name):
                raise UsageError(f"{reports[0]} and {report} are of different runs: {name} differs")
        seen[int(number)] = report
        counts.add(int(count))
    if len(counts) > 1:
        raise UsageError("the reports are of different divisions: N in --shard K/N differs")
    (shards,) = counts
    if missing := sorted(set(range(1, shards + 1)) - seen.keys()):
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UsageError(f"the report of shard {missing[0]}/{shards} is missing{more}")


def _read_summary(report: Path) -> Summary:
    try:
        with open_regular_file(report) as file:
            summary = json.loads(file.readline().rstrip(b",\r\n") + b"}")["summary"]
    except OSError as error:
        raise UsageError(f"{report} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _not_a_report(report) from error
    if not isinstance(summary, dict):
        raise _not_a_report(report)
    return summary


def _read_rows(report: Path) -> Iterator[dict[str, Any]]:
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
            yield row
    raise UsageError(f"{report} is not whole: its end is missing")


def _not_a_report(report: Path) -> UsageError:
    return UsageError(f"{report} is no report that --report FILE.json has written")
