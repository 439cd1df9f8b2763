"""`labels.csv`: what stands on the plates of a folder. One reader, one writer.

A table with the columns `file` and `label`, and perhaps `set` and `colour`, in UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from pathlib import Path

from plumbing.files.atomic import write_atomically

LABELS = "labels.csv"
WILDCARD = "*"  # in a label: a character that nobody could read


class LabelError(Exception):
    """A file of labels cannot be used; the message is for people."""


def read_labels(path: Path, set_name: str | None = None) -> dict[str, str]:
    """Return the label of each file in a CSV with the columns `file` and `label`.

    With `set_name` only the rows whose column `set` says so. Rows without any known character are
    left out. Raises `LabelError`.
    """
    wanted = {"file", "label"} | ({"set"} if set_name is not None else set())
    labels: dict[str, str] = {}
    for row in _read_rows(path, wanted):
        if set_name is not None and row["set"] != set_name:
            continue
        name, label = row["file"] or "", row["label"] or ""
        if name in labels:
            raise LabelError(f"{path} labels {name} twice")
        if label.strip(WILDCARD):
            labels[name] = label
    if not labels:
        of_set = f" of the set {set_name!r}" if set_name is not None else ""
        raise LabelError(f"{path} has no labelled rows{of_set}")
    return labels


def read_colours(path: Path, known: Collection[str]) -> dict[str, str]:
    """Return the colour of each file in such a CSV, where its column `colour` names one of `known`.

    Empty where there is no such column. Raises `LabelError`.
    """
    colours = {}
    for row in _read_rows(path, {"file"}):
        colour = (row.get("colour") or "").strip().lower()
        if colour and colour not in known:
            raise LabelError(
                f"{path}: the colour of {row['file']} must be one of {', '.join(known)}. "
                f"Received: {colour}"
            )
        if colour:
            colours[row["file"] or ""] = colour
    return colours


def write_labels(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    """Write rows of (file, label), whole or not at all; raises OSError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "label"])
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode(errors="surrogateescape"))


def _read_rows(path: Path, wanted: set[str]) -> list[dict[str, str | None]]:
    """Return the rows of a CSV that has the columns `wanted`; raises `LabelError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            columns, rows = set(table.fieldnames or ()), list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise LabelError(f"{path} cannot be read: {reason}") from error
    missing = sorted(wanted - columns)
    if missing:
        raise LabelError(f"{path} has no column named {' or '.join(missing)}")
    return rows
