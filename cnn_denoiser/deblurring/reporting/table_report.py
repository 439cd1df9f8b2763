"""Reports for other programs: JSON, and CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator
from typing import Any, TextIO

COLUMNS = (
    "source",
    "output",
    "status",
    "reason",
    "width",
    "height",
    "milliseconds",
)
# What spreadsheets take for the beginning of a formula, full-width forms included (OWASP, "CSV
# Injection").
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Rows = Callable[[], Iterator[dict[str, Any]]]


def write_json(file: TextIO, summary: dict[str, Any], rows: Rows) -> None:
    """Write {"summary": {...}, "pictures": [...]}, a picture a line."""
    file.write('{"summary": ')
    file.write(json.dumps(summary, ensure_ascii=False))
    file.write(',\n"pictures": [')
    separator = "\n"
    for row in rows():
        file.write(separator + json.dumps(row, ensure_ascii=False))
        separator = ",\n"
    file.write("\n]}\n")


def write_csv(file: TextIO, summary: dict[str, Any], rows: Rows) -> None:
    """Write a header and a row a picture (RFC 4180); the summary has no place in it."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for row in rows():
        for column in ("source", "output"):
            if (row[column] or "").startswith(FORMULA_BEGINNINGS):
                row[column] = os.path.join(".", row[column])  # still the same path
        if row["reason"].startswith(FORMULA_BEGINNINGS):
            row["reason"] = "'" + row["reason"]
        writer.writerow(row)
