"""What became of every picture, as a page to look at or a table for other programs."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import numpy as np

from cnn_denoiser.deblurring.reporting.html_report import thumbnail, write_html
from cnn_denoiser.deblurring.reporting.outcome import FrameOutcome, Outcome
from cnn_denoiser.deblurring.reporting.reading_row import marked, reading_row, rounded
from cnn_denoiser.deblurring.reporting.table_report import write_csv, write_json
from plumbing.commands.errors import UsageError
from plumbing.files.atomic import open_atomically
from plumbing.files.names import check_names
from plumbing.labels import LABELS
from plumbing.storage.stored import File

Row = dict[str, Any]

# Of the file, the summary and the rows, which may be gone through more than once.
Writer = Callable[[TextIO, dict[str, Any], Callable[[], Iterator[Row]]], None]
WRITERS: dict[str, Writer] = {
    ".html": write_html,
    ".htm": write_html,
    ".json": write_json,
    ".csv": write_csv,
}


class Report:
    """Takes one outcome after the other, and writes the report when it is closed.

    Until then the rows are in a nameless file beside the report: memory does not depend on their
    number, and nothing is left where the program is killed.
    """

    def __init__(self, path: Path, writer: Writer):
        self._path = path
        self._writer = writer
        self._counts = {"total": 0, "done": 0, "skipped": 0, "failed": 0}
        self._rows = tempfile.TemporaryFile("w+", encoding="ascii", dir=path.parent)

    def add(self, outcome: Outcome, before: np.ndarray | None, after: np.ndarray | None) -> None:
        """Note what became of a picture.

        before: the source, uint8 BGR (H, W, 3) of any size, or None.
        after:  what was written, uint8, grey (H, W) or BGR (H, W, 3), or None.

        Raises OSError where the disk is full.
        """
        row: Row = {
            "source": as_text(outcome.source),
            "output": None if outcome.output is None else as_text(outcome.output),
            "status": outcome.status,
            "reason": as_text(outcome.reason),
            "width": outcome.width,
            "height": outcome.height,
            "milliseconds": rounded(outcome.milliseconds),
            "warning": as_text(outcome.warning),
            "source_sha256": outcome.source_sha256,
            "output_sha256": outcome.output_sha256,
        }
        if outcome.reading is not None:
            row |= reading_row(outcome.reading) | {"as_it_is": outcome.as_it_is}
            if self._writer is write_html:
                row["marked"] = marked(outcome.reading)
        if outcome.frames:
            row["frames"] = [_frame_row(frame) for frame in outcome.frames]
        if self._writer is write_html and before is not None and after is not None:
            row["before"], row["after"] = thumbnail(before), thumbnail(after)
        if self._writer is write_html:
            source = next((one.source for one in outcome.frames if one.used), outcome.source)
            row["source_link"] = _link(source, self._path)
            row["output_link"] = _link(outcome.output, self._path) if outcome.output else None
        print(json.dumps(row), file=self._rows)
        self._counts["total"] += 1
        self._counts[outcome.status] += 1

    def close(self, summary: dict[str, object]) -> None:
        """Write the report, with what is to be said of all pictures together, under its name.

        The page has places for total, done, skipped, failed (all counted here where they are not
        given), others (files that are no pictures), seconds and interrupted, and lists the rest.
        Raises OSError where it cannot be written; the rows are lost then.
        """
        known = {key: _as_json(value) for key, value in (self._counts | summary).items()}
        with self._rows, open_atomically(self._path) as binary:
            file = io.TextIOWrapper(binary, encoding="utf-8", newline="")
            self._writer(file, known, self._read_rows)
            file.flush()
            file.detach()

    def discard(self) -> None:
        """Drop the report; a file that has its name stays as it is."""
        with contextlib.suppress(OSError):  # a full disk does not take the last rows either
            self._rows.close()

    def _read_rows(self) -> Iterator[Row]:
        self._rows.seek(0)
        return map(json.loads, self._rows)


def open_report(path: Path) -> Report:
    """Begin a report in the format of the path's suffix: .html, .htm, .json or .csv.

    Raises UsageError as `check_report` does, or where no file can be made.
    """
    path = Path(path)
    check_report(path)
    try:
        return Report(path, WRITERS[path.suffix.lower()])
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def check_report(path: Path, folders_to_make: Iterable[Path] = ()) -> None:
    """Raise UsageError where no report can be written to a path, as far as can be seen before.

    folders_to_make: folders that need not exist yet.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        known = ", ".join(WRITERS)
        raise UsageError(f"{path}: a report's name must end in one of {known}")
    # Asked now and not when the page is made, after all the work.
    if writer is write_html and importlib.util.find_spec("jinja2") is None:
        raise UsageError(f"{path}: a page needs jinja2: pip install -r requirements-deblurring.txt")
    check_names(path)
    if path.is_dir():
        raise UsageError(f"{path} is a folder; a report must be a file")
    if path.name == LABELS:
        raise UsageError(f"{path} is where the texts of plates are kept; take another name")
    folder = path.parent
    if folder.is_dir():
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(f"{path} cannot be written: Permission denied")
    elif os.path.abspath(folder) not in map(os.path.abspath, folders_to_make):
        raise UsageError(f"{path} cannot be written: there is no folder {folder}")


def as_text(value: object) -> str:
    """Write a path or a text in characters that every encoding of Unicode can hold.

    A byte of a name that is no character stands in it as backslash, u, d, c and the byte.
    """
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _frame_row(frame: FrameOutcome) -> Row:
    return {
        "source": as_text(frame.source),
        "used": frame.used,
        "fit": rounded(frame.fit),
        "reason": as_text(frame.reason),
        "sha256": frame.sha256,
    }


def _as_json(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_as_json(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, float)) else as_text(value)


def _link(path: File, report: Path) -> str:
    """Return the address of a file as seen from a report, with every unsafe character as %XX."""
    if not isinstance(path, Path):
        return quote(str(path), safe=":/")
    try:
        relative = os.path.relpath(path, report.parent)
    except ValueError:  # on another drive
        return Path(os.path.abspath(path)).as_uri()
    return quote(os.fsencode(relative.replace(os.sep, "/")))
