"""Reports for other programs: JSON, and CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TextIO

from cnn_denoiser.deblurring.reporting import reading_row
from cnn_denoiser.deblurring.reporting.summary import FIGURES

COLUMNS = (
    "source",
    "output",
    "status",
    "reason",
    "width",
    "height",
    "milliseconds",
    "warning",
    "source_sha256",
    "output_sha256",
)
# What spreadsheets take for the beginning of a formula, full-width forms included (OWASP, "CSV
# Injection").
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Rows = Callable[[], Iterator[dict[str, Any]]]


def columns(summary: dict[str, Any]) -> tuple[str, ...]:
    """Return the columns of a table: they hang on what was asked for, not on what came of it."""
    return (
        *COLUMNS,
        *(reading_row.COLUMNS if FIGURES.keys() <= summary.keys() else ()),
        *(("frames",) if summary.get("grouped") else ()),
    )


def write_json(file: TextIO, summary: dict[str, Any], rows: Rows) -> None:
    """Write {"summary": {...}, "pictures": [...]}, a picture a line, each with all columns."""
    nothing = dict.fromkeys(columns(summary))
    file.write('{"summary": ')
    file.write(json.dumps(summary, ensure_ascii=False))
    file.write(',\n"pictures": [')
    separator = "\n"
    for row in rows():
        file.write(separator + json.dumps(nothing | row, ensure_ascii=False))
        separator = ",\n"
    file.write("\n]}\n")


def write_csv(file: TextIO, summary: dict[str, Any], rows: Rows) -> None:
    """Write a header and a row a picture (RFC 4180); the summary has no place in it.

    For spreadsheets it begins with a byte order mark, without which Excel does not take it for
    UTF-8, and all texts are quoted: some take semicolons for separators.
    """
    file.write("\N{BYTE ORDER MARK}")
    writer = csv.DictWriter(
        file, columns(summary), extrasaction="ignore", quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writeheader()
    for row in rows():
        row |= reading_row.in_fields(row)
        row["frames"] = _frames_in_words(row.get("frames") or [])
        for column in ("source", "output"):
            if (row[column] or "").startswith(FORMULA_BEGINNINGS):
                row[column] = os.path.join(".", row[column])  # still the same path
        for column in ("reason", "warning"):
            if row[column].startswith(FORMULA_BEGINNINGS):
                row[column] = "'" + row[column]
        writer.writerow(row)


def _frames_in_words(frames: Sequence[dict[str, Any]]) -> str:
    """Tell of a group's frames in one field: "2 of 3 used; c.jpg: truncated"."""
    used = sum(frame["used"] for frame in frames)
    left = [
        f"{os.path.basename(one['source'])}: {one['reason']}" for one in frames if one["reason"]
    ]
    return "; ".join([f"{used} of {len(frames)} used", *left]) if frames else ""
