"""What there is to deblur, and where the results go: settled before any work begins."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cnn_denoiser.image_files import SUFFIXES, find_pictures


class UsageError(Exception):
    """SRC and DST cannot be worked with; the message is for people."""


@dataclass(frozen=True)
class Task:
    """One picture to deblur: where it is and where its result goes."""

    source: Path
    destination: Path


def plan(source: Path, destination: Path) -> list[Task]:
    """List the pictures of one folder with their places in the other, which is made if missing.

    Raises UsageError where there is nothing to read, nowhere to write, or both are one folder.
    """
    try:
        if not source.is_dir():
            wrong = "is not a folder" if source.exists() else "does not exist"
            raise UsageError(f"{source} {wrong}")
        if destination.exists() and source.samefile(destination):
            raise UsageError(f"{source} and {destination} are the same folder; DST must be another")
        pictures = find_pictures(source)
        if not pictures:
            suffixes = " ".join(sorted(SUFFIXES))
            raise UsageError(f"no pictures in {source} (files ending in {suffixes})")
        destination.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    if not os.access(destination, os.W_OK):
        raise UsageError(f"{destination} cannot be written to")
    return [Task(picture, destination / picture.name) for picture in pictures]
