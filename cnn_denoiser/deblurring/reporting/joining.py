"""Joining the JSON reports of the shards of a run."""

from __future__ import annotations

import io
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from pathlib import Path

from cnn_denoiser.deblurring.reporting.report_file import (
    COUNTS,
    Row,
    Summary,
    read_rows,
    read_summary,
)
from cnn_denoiser.deblurring.reporting.summary import FIGURES
from cnn_denoiser.deblurring.reporting.table_report import write_csv, write_json
from cnn_denoiser.deblurring.settings_given import that_shape_results
from cnn_denoiser.deblurring.shard import Shard, shard
from plumbing.commands.errors import UsageError
from plumbing.files.atomic import open_atomically
from plumbing.files.same_file import KnownFiles
from plumbing.labels import LABELS

WRITERS = {".json": write_json, ".csv": write_csv}

# What is the same in all reports of a run; so are the options that shape results.
_SAME = (
    "sources", "destination", "model", "weights_sha256", "temperature", "version", "grouped",
)  # fmt: skip


def join_reports(reports: Sequence[Path], joined: Path) -> Summary:
    """Write one report, .json or .csv, with the rows of all; return its summary.

    The counts are added up (files that belong to no shard are counted by the first one); `seconds`
    are those of the shard that took longest. Rows keep the order of the reports. Memory does not
    depend on their number. Raises UsageError where one is no JSON report, where they are not of one
    run, where shards are missing or given twice, or where the joined one would replace one of them
    or a table of texts; OSError where it cannot be written.
    """
    writer = WRITERS.get(joined.suffix.lower())
    if writer is None:
        raise UsageError(f"{joined}: a joined report's name must end in {' or '.join(WRITERS)}")
    if joined.name == LABELS:
        raise UsageError(f"{joined} is where the texts of plates are kept; take another name")
    _refuse_replacing(reports, joined)
    summaries = [read_summary(report) for report in reports]
    _check(reports, summaries)
    first = summaries[0]
    added = (*COUNTS, *(name for name in FIGURES if name in first))
    together: Summary = {name: sum(one.get(name, 0) for one in summaries) for name in added}
    together |= {name: first[name] for name in _SAME if name in first}
    together["shards"] = len(summaries)
    together["seconds"] = max(one["seconds"] for one in summaries)
    together["interrupted"] = any(one.get("interrupted") for one in summaries)

    def rows() -> Iterator[Row]:
        for report in reports:
            yield from read_rows(report)

    with open_atomically(joined) as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        writer(file, together, rows)
        file.flush()
        file.detach()
    return together


def _refuse_replacing(reports: Sequence[Path], joined: Path) -> None:
    known = KnownFiles()
    for report in reports:
        known.add(report)
    if known.find(joined) is not None:
        raise UsageError(f"{joined} is one of the reports; give the joined one another name")


def _check(reports: Sequence[Path], summaries: Sequence[Summary]) -> None:
    seen: dict[int, Path] = {}
    counts = set()
    for report, summary in zip(reports, summaries, strict=True):
        share = _shard_of(report, summary)
        if share.number in seen:
            raise UsageError(f"{seen[share.number]} and {report} are both of shard {share}")
        different = [name for name in _SAME if summary.get(name) != summaries[0].get(name)]
        if _options(report, summary) != _options(reports[0], summaries[0]):
            different.append("options")
        if different:
            raise UsageError(
                f"{reports[0]} and {report} are of different runs: {different[0]} differs"
            )
        seen[share.number] = report
        counts.add(share.count)
    if len(counts) > 1:
        raise UsageError("the reports are of different divisions: N in --shard K/N differs")
    (shards,) = counts
    if missing := sorted(set(range(1, shards + 1)) - seen.keys()):
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UsageError(f"the report of shard {missing[0]}/{shards} is missing{more}")


def _shard_of(report: Path, summary: Summary) -> Shard:
    try:
        return shard(str(summary.get("shard", "")))
    except ArgumentTypeError as error:
        raise UsageError(f"{report} is not of a shard (--shard K/N)") from error


def _options(report: Path, summary: Summary) -> list[list[str]]:
    try:
        return that_shape_results(summary["options"])
    except ValueError as error:
        raise UsageError(f"{report} tells no options of a run: {error}") from error
