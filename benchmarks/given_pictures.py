"""The pictures that a benchmark is given: what is wrong with them is told as commands tell it."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from cnn_denoiser.evaluation.named_sets import read_sets
from cnn_denoiser.evaluation.options import EvaluationOptions, check
from cnn_denoiser.evaluation.picture_sets import PictureSet
from plumbing.commands.errors import NothingToDoError, UsageError, file_and_reason
from plumbing.commands.signals import StopSignals
from plumbing.pictures.codec import PictureError, find_pictures, read_picture

_log = logging.getLogger(__name__)


def read_plates(options: EvaluationOptions, signals: StopSignals) -> list[PictureSet]:
    """Check the options of `evaluate.py`, and return their sets of plates.

    Unreadable pictures are named in the log. Raises `UsageError`, and `NothingToDoError` for a
    folder without a picture that can be read.
    """
    check(options)
    sets = read_sets(options, signals)
    for pictures in sets:
        for problem in pictures.problems:
            _log.warning("%s", problem)
    return sets


def read_folder(folder: Path) -> dict[str, np.ndarray]:
    """Return the pictures of a folder, uint8 BGR (H, W, 3), by their names, sorted.

    Logs and raises as `read_plates` does.
    """
    pictures = {}
    try:
        paths = find_pictures(folder)
    except OSError as error:
        raise UsageError(f"pictures cannot be read: {file_and_reason(error)}") from error
    for path in paths:
        try:
            pictures[path.name] = read_picture(path)
        except (PictureError, OSError) as error:
            _log.warning("%s: %s", path, error)
    if not pictures:
        raise NothingToDoError(f"{folder}: no pictures that can be read")
    return pictures
