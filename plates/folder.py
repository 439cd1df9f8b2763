"""Drawing plates into a folder, with a table of what they say."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from plates.options import PlatesOptions
from plates.render import draw_alike_plates, draw_plate
from plumbing.commands.errors import CommandError, UsageError
from plumbing.files.folders import check_folders, make_folder
from plumbing.labels import LABELS, write_labels
from plumbing.pictures.codec import PictureError, write_picture


def prepare(folder: Path) -> None:
    """Make a folder; raises UsageError where it cannot be, or is not empty.

    Pictures of an earlier run in it would not be in the new table.
    """
    check_folders([folder])
    make_folder(folder)
    try:
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from error
    if not is_empty:
        raise UsageError(f"{folder} is not empty: name a new folder or empty it first")


def write_plates(options: PlatesOptions, stop: Callable[[], bool]) -> int:
    """Write pictures, until `stop` says so between two of them, and their labels; return how many.

    Raises `CommandError` where a file cannot be written; those before it keep their labels.
    """
    digits = max(5, len(str(options.count - 1)))
    rows: list[tuple[str, str]] = []
    try:
        while len(rows) < options.count and not stop():
            picture, text = _draw(options, len(rows))
            path = options.destination / f"{len(rows):0{digits}}.png"
            with _telling(path):
                write_picture(path, picture)
            rows.append((path.name, text))
    finally:
        table = options.destination / LABELS
        with _telling(table):
            write_labels(table, rows)
    return len(rows)


def _draw(options: PlatesOptions, number: int) -> tuple[np.ndarray, str]:
    """Draw the plate of a number, counted from 0, and its text."""
    if options.alike:
        rng = np.random.default_rng([options.seed, number // 2])
        return draw_alike_plates(rng, options.kind)[number % 2]
    return draw_plate(np.random.default_rng([options.seed, number]), options.kind)


@contextlib.contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Raise CommandError where the file at a path cannot be written."""
    try:
        yield
    except (PictureError, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CommandError(f"{path} cannot be written: {reason}") from error
