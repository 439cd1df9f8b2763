"""The reading of a folder of sharp plates, whose texts become its table of labels."""

from __future__ import annotations

import logging
import re

from tqdm import tqdm

from cnn_denoiser.measures.readers import RapidOcr
from cnn_denoiser.plate_labels.options import ReadPlatesOptions
from plates.numbering import DIGITS, LETTERS, PROVINCES
from plumbing.commands.errors import CommandError, ExitCode, NothingToDoError, UsageError
from plumbing.commands.notices import printable
from plumbing.commands.signals import StopSignals
from plumbing.labels import LABELS, write_labels
from plumbing.pictures.codec import PictureError, read_picture
from plumbing.pictures.search import find_pictures

# Province, letter, and five characters or a new energy vehicle's six.
PLATE = re.compile(f"[{PROVINCES}][{LETTERS}][{LETTERS}{DIGITS}]{{5,6}}")

_log = logging.getLogger(__name__)


def read_plates(options: ReadPlatesOptions, signals: StopSignals) -> int:
    """Read the plates of a folder, write the table, and return the exit code.

    Raises `UsageError`, `NothingToDoError`, and `CommandError` where it cannot be written.
    """
    folder, table = options.folder, options.folder / LABELS
    if table.exists() and not options.overwrite:
        raise UsageError(f"{table} is there already: give --overwrite to replace it")
    try:
        pictures = find_pictures(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}") from error
    if not pictures:
        raise NothingToDoError(f"{folder} holds no pictures")
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
        if PLATE.fullmatch(text):
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
