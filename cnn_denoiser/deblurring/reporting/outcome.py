"""What became of one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cnn_denoiser.deblurring.reading import Reading
from plumbing.storage.stored import File


@dataclass(frozen=True)
class FrameOutcome:
    """What became of one of several frames of a plate.

    fit:    its correlation with the frame that the others are laid on, at most 1; None where it was
            not looked at.
    reason: why it is not used.
    sha256: of the file, where that is asked for.
    """

    source: File
    used: bool
    fit: float | None = None
    reason: str = ""
    sha256: str | None = None


@dataclass(frozen=True)
class Outcome:
    """One picture's row in a report."""

    source: File
    output: File | None  # None where nothing was written
    status: Literal["done", "skipped", "failed"]
    reason: str = ""  # why it was skipped or failed, or what was done to it (a repaired JPEG)
    width: int | None = None  # of the source, in pixels, as its orientation asks
    height: int | None = None
    milliseconds: float | None = None  # from reading to writing, waiting left out
    warning: str = ""  # why the result may be worth nothing: no plate crop, a damaged file
    source_sha256: str | None = None  # of the files
    output_sha256: str | None = None
    error: int | None = None  # the operating system's number (errno) for what failed
    frames: tuple[FrameOutcome, ...] = ()  # where `source` stands for several
    reading: Reading | None = None  # where that is asked for
    as_it_is: bool | None = None  # whether it can be read without being deblurred, likewise
