"""Command: draw synthetic plates into a folder, with a table of what they say."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

import numpy as np

from cnn_denoiser.atomic_files import write_atomically
from cnn_denoiser.image_files import PictureError, write_picture
from plates import KINDS, draw_plate

LABELS = "labels.csv"

OK = 0
CANNOT = 2
INTERRUPTED = 130


class CannotError(Exception):
    """The command cannot do what was asked; the message says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m plates",
        description="Draw plates that do not exist, and write what they say to labels.csv.",
        epilog="Plate number N of a seed is the same whatever the count. "
        "Exit codes: 0 all written, 2 wrong usage or the folder cannot be written, "
        f"130 interrupted: what was drawn until then is in {LABELS}.",
    )
    parser.add_argument("destination", metavar="DST", type=Path, help="a new or empty folder")
    parser.add_argument("--count", type=_count, required=True, help="how many plates, 1 or more")
    parser.add_argument("--seed", type=_seed, default=0, help="0 or more (default 0)")
    parser.add_argument("--kind", choices=KINDS, help="one kind only (default: a mixture)")
    options = parser.parse_args(arguments)
    try:
        _prepare(options.destination)
        written = _write_plates(options.destination, options.count, options.seed, options.kind)
    except CannotError as error:
        print(f"plates: {error}", file=sys.stderr)
        return CANNOT
    summary = f"plates and {LABELS} written to {options.destination}"
    if written < options.count:
        print(f"interrupted: {written} of {options.count} {summary}")
        return INTERRUPTED
    print(f"{written} {summary}")
    return OK


def _count(text: str) -> int:
    return _whole_number(text, 1)


def _seed(text: str) -> int:
    return _whole_number(text, 0)


def _whole_number(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} up, not {text!r}")
    return number


def _prepare(folder: Path) -> None:
    """Make the folder; pictures of an earlier run in it would not be in the new table."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CannotError(f"{folder} is not empty: name a new folder or empty it first")
    except FileExistsError as error:
        raise CannotError(f"{folder} is a file: name a folder") from error
    except OSError as error:
        raise CannotError(f"{folder} cannot be made or read: {error.strerror}") from error


def _write_plates(folder: Path, count: int, seed: int, kind: str | None) -> int:
    """Write pictures and labels; return how many, which Ctrl-C makes fewer than `count`."""
    rows: list[tuple[str, str]] = []
    digits = max(5, len(str(count - 1)))
    path = folder
    try:
        try:
            for index in range(count):
                picture, text = draw_plate(np.random.default_rng([seed, index]), kind)
                path = folder / f"{index:0{digits}}.png"
                rows.append((path.name, text))
                write_picture(path, picture)
        except KeyboardInterrupt:
            # The last one may have its label, but not yet its picture.
            rows = [(name, text) for name, text in rows if (folder / name).exists()]
        path = folder / LABELS
        write_atomically(path, _table(rows))
    except PictureError as error:
        raise CannotError(f"{path} cannot be written: {error}") from error
    except OSError as error:
        raise CannotError(f"{path} cannot be written: {error.strerror or error}") from error
    return len(rows)


def _table(rows: list[tuple[str, str]]) -> bytes:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["file", "label"])
    writer.writerows(rows)
    return table.getvalue().encode()


if __name__ == "__main__":
    sys.exit(main())
