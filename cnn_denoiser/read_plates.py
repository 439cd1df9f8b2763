"""Read sharp plates with an OCR engine and write what they say to labels.csv beside them.

    python3 -m cnn_denoiser.read_plates PLATES

With it, training knows which characters are rare, and validation how well plates are read.
Pictures that are not read as a whole plate are left out.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from pathlib import Path

from tqdm import tqdm

from cnn_denoiser.measures.readers import PlateReader, ReaderMissingError
from plates.numbering import DIGITS, LETTERS, PROVINCES
from plumbing.commands.signals import StopSignals
from plumbing.files.atomic import write_atomically
from plumbing.labels import LABELS
from plumbing.pictures.codec import PictureError, find_pictures, read_picture

# Province, letter, and five characters or a new energy vehicle's six.
PLATE = re.compile(f"[{PROVINCES}][{LETTERS}][{LETTERS}{DIGITS}]{{5,6}}")


class CannotError(Exception):
    """The command cannot do what was asked; the message says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m cnn_denoiser.read_plates",
        description=f"Read sharp Chinese plates and write what they say to {LABELS} beside them.",
        epilog="Exit codes: 0 done; 1 done, but some files cannot be read, which stderr names; 2 "
        "wrong usage, no OCR engine, no plate read, or the file cannot be written; 130 Ctrl-C, 143 "
        "SIGTERM, nothing written.",
    )
    parser.add_argument("folder", metavar="PLATES", type=Path, help="a folder of pictures")
    parser.add_argument("--overwrite", action="store_true", help=f"replace a {LABELS} there")
    options = parser.parse_args(arguments)
    try:
        with StopSignals() as signals:
            return _read_plates(options.folder, options.overwrite, signals)
    except CannotError as error:
        print(f"read_plates: {error}", file=sys.stderr)
        return 2


def _read_plates(folder: Path, overwrite: bool, signals: StopSignals) -> int:
    table = folder / LABELS
    if table.exists() and not overwrite:
        raise CannotError(f"{table} is there already: give --overwrite to replace it")
    try:
        pictures = find_pictures(folder)
        reader = PlateReader()
    except OSError as error:
        raise CannotError(f"{folder} cannot be read: {error.strerror or error}") from error
    except ReaderMissingError as error:
        raise CannotError(str(error)) from error
    rows: list[tuple[str, str]] = []
    unreadable = 0
    for path in tqdm(pictures, unit="plate", disable=None):
        if signals.received is not None:
            print("interrupted: nothing written", file=sys.stderr)
            return signals.exit_code
        try:
            text = reader.read(read_picture(path))
        except (PictureError, OSError) as error:
            tqdm.write(f"read_plates: {path} cannot be read: {error}", file=sys.stderr)
            unreadable += 1
            continue
        if PLATE.fullmatch(text):
            rows.append((path.name, text))
    if not rows:
        raise CannotError(f"none of {len(pictures)} pictures in {folder} reads like a plate")
    _write(table, rows)
    print(f"{len(rows)} of {len(pictures)} plates read; what they say is in {table}")
    return 1 if unreadable else 0


def _write(table: Path, rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "label"])
    writer.writerows(rows)
    try:
        write_atomically(table, text.getvalue().encode(errors="surrogateescape"))
    except OSError as error:
        raise CannotError(f"{table} cannot be written: {error.strerror or error}") from error


if __name__ == "__main__":
    sys.exit(main())
