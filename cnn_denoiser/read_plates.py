"""Read sharp plates with an OCR engine and write what they say to labels.csv beside them.

    python3 -m cnn_denoiser.read_plates PLATES

With it, training knows which characters are rare, and validation how well plates are read.
Pictures that are not read as a whole plate are left out.

Exit codes: 0 done; 1 done, but some files cannot be read, which stderr names, or the table cannot
be written; 2 wrong usage, or no OCR engine; 3 no picture there reads like a plate; 130 interrupted
by Ctrl-C, 143 by SIGTERM, nothing written.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root; Ctrl-C during the imports ends with 130.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from plumbing.commands.signals import quit_at_interrupt

    quit_at_interrupt()

import logging
import re
from dataclasses import dataclass

from plumbing.commands.errors import CommandError, ExitCode, NothingToDoError, UsageError
from plumbing.commands.notices import printable
from plumbing.commands.numbers import path
from plumbing.commands.options import make_parser, option, parse
from plumbing.commands.running import run_command
from plumbing.commands.signals import StopSignals, quit_at_interrupt
from plumbing.labels import LABELS, write_labels

INSTALLATION = "pip install -r requirements-deblurring.txt -r requirements-evaluation.txt"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReadPlatesOptions:
    """Which plates to read."""

    folder: Path = option("a folder of pictures of sharp plates", type=path, positional="PLATES")
    overwrite: bool = option(f"replace a {LABELS} there", default=False)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        quit_at_interrupt()

    def work(signals: StopSignals) -> int:
        prog = "python3 -m cnn_denoiser.read_plates"
        parser = make_parser(ReadPlatesOptions, prog, __doc__ or "")
        return read_plates(
            ReadPlatesOptions(**parse(ReadPlatesOptions, parser, arguments)), signals
        )

    return run_command("read_plates", work, INSTALLATION)


def read_plates(options: ReadPlatesOptions, signals: StopSignals) -> int:
    """Read the plates of a folder, write the table, and return the exit code."""
    # Imported here, where Ctrl-C is obeyed and missing packages are told.
    from tqdm import tqdm

    from cnn_denoiser.measures.readers import RapidOcr
    from plates.numbering import DIGITS, LETTERS, PROVINCES
    from plumbing.pictures.codec import PictureError, read_picture
    from plumbing.pictures.search import find_pictures

    folder, table = options.folder, options.folder / LABELS
    if table.exists() and not options.overwrite:
        raise UsageError(f"{table} is there already: give --overwrite to replace it")
    try:
        pictures = find_pictures(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}") from error
    if not pictures:
        raise NothingToDoError(f"{folder} holds no pictures")
    # Province, letter, and five characters or a new energy vehicle's six.
    plate = re.compile(f"[{PROVINCES}][{LETTERS}][{LETTERS}{DIGITS}]{{5,6}}")
    reader = RapidOcr()
    rows: list[tuple[str, str]] = []
    unreadable = 0
    for picture in tqdm(pictures, unit="plate", disable=None):
        signals.check()
        try:
            text = reader.read(read_picture(picture))
        except (PictureError, OSError) as error:
            _log.warning("%s cannot be read: %s", picture, error)
            unreadable += 1
            continue
        if plate.fullmatch(text):
            rows.append((picture.name, text))
    if not rows:
        raise NothingToDoError(f"none of {len(pictures)} pictures in {folder} reads like a plate")
    try:
        write_labels(table, rows)
    except OSError as error:
        raise CommandError(f"{table} cannot be written: {error.strerror or error}") from error
    counts = f"{len(rows)} of {len(pictures)} pictures have a text"
    print(f"{counts}; what they say is in {printable(table)}")
    return ExitCode.FAILED if unreadable else ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
