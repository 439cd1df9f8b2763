"""Command: draw synthetic plates into a folder, with a table of what they say."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

import numpy as np

from plates import KINDS, draw_plate
from plumbing.commands.numbers import whole_number
from plumbing.commands.signals import StopSignals
from plumbing.files.atomic import write_atomically
from plumbing.pictures.codec import PictureError, write_picture

LABELS = "labels.csv"
INSTALLATION = "run: pip install -r requirements.txt"

OK = 0
CANNOT = 2


class CannotError(Exception):
    """The command cannot do what was asked; the message says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m plates",
        description="Draw plates that do not exist, and write what they say to labels.csv.",
        epilog="Plate number N of a seed is the same whatever the count. "
        "Exit codes: 0 all written, 2 wrong usage or the folder cannot be written, "
        "130 interrupted by Ctrl-C, 143 by SIGTERM (after writing the labels of what was drawn).",
    )
    parser.add_argument("destination", metavar="DST", type=Path, help="a new or empty folder")
    parser.add_argument(
        "--count", type=whole_number(1), required=True, help="how many plates, 1 or more"
    )
    parser.add_argument("--seed", type=whole_number(0), default=0, help="0 or more (default 0)")
    parser.add_argument("--kind", choices=KINDS, help="one kind only (default: a mixture)")
    options = parser.parse_args(arguments)
    try:
        _prepare(options.destination)
        # Noted, since NumPy's Generator.choice would swallow a KeyboardInterrupt now and then.
        with StopSignals() as signals:
            written = _write_plates(options, signals)
    except CannotError as error:
        print(f"plates: {error}", file=sys.stderr)
        return CANNOT
    except ModuleNotFoundError as error:
        print(f"plates: {error.name} is missing; {INSTALLATION}", file=sys.stderr)
        return CANNOT
    summary = f"plates and {LABELS} written to {options.destination}"
    if written < options.count:
        print(f"interrupted: {written} of {options.count} {summary}")
        return signals.exit_code
    print(f"{written} {summary}")
    return OK


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


def _write_plates(options: argparse.Namespace, signals: StopSignals) -> int:
    """Write pictures, until a signal comes, and their labels; return how many."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["file", "label"])
    digits = max(5, len(str(options.count - 1)))
    path = options.destination
    written = 0
    try:
        while written < options.count and signals.received is None:
            rng = np.random.default_rng([options.seed, written])
            picture, text = draw_plate(rng, options.kind)
            path = options.destination / f"{written:0{digits}}.png"
            write_picture(path, picture)
            writer.writerow([path.name, text])
            written += 1
        path = options.destination / LABELS
        write_atomically(path, table.getvalue().encode())
    except PictureError as error:
        raise CannotError(f"{path} cannot be written: {error}") from error
    except OSError as error:
        raise CannotError(f"{path} cannot be written: {error.strerror or error}") from error
    return written


if __name__ == "__main__":
    sys.exit(main())
