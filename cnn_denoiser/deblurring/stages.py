"""What is done with one picture before and after the network."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.plate_look import unlike_a_plate, without_contrast
from cnn_denoiser.deblurring.reporting.before_after import side_by_side
from cnn_denoiser.deblurring.restoration import has_colours, restore
from cnn_denoiser.deblurring.result_size import ResultSize
from cnn_denoiser.model_files.digest import sha256
from plumbing.pictures.codec import (
    MAX_PIXELS,
    PictureError,
    encode_picture,
    load_picture,
    picture_size,
    write_picture,
)
from plumbing.pictures.frame import HEIGHT, WIDTH, resize, to_frame
from plumbing.storage.stored import write_file

# Bytes that a pixel of a source takes while it is loaded (decoded, turned, made grey), and that one
# of a large source or result takes while it waits for the network and its colours go into it.
LOADING = 6
KEEPING = 16

# The size of a source of which a frame can do without the finest detail.
ENOUGH = (4 * WIDTH, 4 * HEIGHT)

OnWarning = Literal["keep", "skip", "fail"]


@dataclass(frozen=True)
class Settings:
    """What is to be made of each picture."""

    size: ResultSize = field(default_factory=ResultSize)
    grey: bool = False  # all results; else only those of pictures without colours
    quality: int | None = None  # of JPEG and WebP, 1 to 100; None: the writer's own
    max_pixels: int = MAX_PIXELS
    on_warning: OnWarning = "keep"  # what becomes of a picture that carries a warning
    read: bool = False  # what stands on the plates
    pictures: bool = False  # handed on for a report
    digests: bool = False  # likewise, of source and result

    @property
    def large_results(self) -> bool:
        """Whether results may be as large as their sources."""
        return not self.size.is_frame


@dataclass
class Loaded:
    """A picture on its way to and through the network."""

    frame: np.ndarray  # uint8 (90, 270)
    width: int  # of the source
    height: int
    repaired: bool
    warning: str
    result_size: tuple[int, int]
    source: np.ndarray | None  # uint8 BGR, as large as the result needs, where that has colours
    before: np.ndarray | None  # uint8 BGR where it is to be shown
    sha256: str | None
    milliseconds: float


@dataclass
class Saved:
    """What is told of a picture whose results are written."""

    before: np.ndarray | None  # uint8 BGR (90, 270, 3) where it is to be shown
    after: np.ndarray | None  # uint8 (90, 270) or (90, 270, 3), likewise
    sha256: str | None
    milliseconds: float


class UnwantedError(PictureError):
    """A picture carries a warning, and such pictures are not wanted."""

    def __init__(self, warning: str, width: int, height: int):
        super().__init__(warning)
        self.width = width
        self.height = height


def claim(task: Task, settings: Settings) -> int:
    """Return the bytes that loading a picture, and keeping it, may take, by its header."""
    size = picture_size(task.source)
    # Unknown sizes are rare: a picture that might be large is loaded alone.
    pixels = size[0] * size[1] if size else settings.max_pixels
    # A larger one will be refused before it is decoded.
    pixels = min(pixels, settings.max_pixels)
    if not settings.large_results:
        return pixels * LOADING
    width, height = settings.size.of(*size) if size else (0, 0)
    return max(pixels, min(width * height, MAX_PIXELS)) * KEEPING


def load(task: Task, settings: Settings) -> Loaded:
    """Read a picture and make its frame.

    Raises PictureError, OSError; UnwantedError where it carries a warning and `on_warning` is not
    "keep".
    """
    started = time.perf_counter()
    enough = None if settings.large_results else ENOUGH
    loaded = load_picture(task.source, settings.max_pixels, enough)
    pixels = loaded.pixels
    width, height = loaded.size
    damage = f"damaged: {loaded.damage}" if loaded.damage else ""
    frame = to_frame(pixels)
    look = unlike_a_plate(width, height) or without_contrast(frame)
    warning = "; ".join(filter(None, (damage, loaded.others, look)))
    if warning and settings.on_warning != "keep":
        raise UnwantedError(warning, width, height)
    result_size = settings.size.of(width, height)
    if result_size[0] * result_size[1] > MAX_PIXELS:
        raise PictureError(
            f"its result would be too large: {result_size[0]}x{result_size[1]}, more than "
            f"{MAX_PIXELS:,} pixels"
        )
    # Larger than its result, the picture is not kept.
    smaller = result_size[0] * result_size[1] < pixels.shape[0] * pixels.shape[1]
    kept = resize(pixels, *result_size) if smaller or settings.size.is_frame else pixels
    return Loaded(
        frame=frame,
        width=width,
        height=height,
        repaired=loaded.repaired,
        warning=warning,
        result_size=result_size,
        source=None if settings.grey or not has_colours(kept) else kept,
        before=kept if settings.pictures or task.comparison is not None else None,
        sha256=sha256(task.source) if settings.digests else None,
        milliseconds=_milliseconds_since(started),
    )


def warn(loaded: Loaded, warning: str, settings: Settings) -> None:
    """Add a warning to those of a picture; UnwantedError where it is not wanted with one."""
    loaded.warning = "; ".join(filter(None, (loaded.warning, warning)))
    if loaded.warning and settings.on_warning != "keep":
        raise UnwantedError(loaded.warning, loaded.width, loaded.height)


def save(task: Task, loaded: Loaded, deblurred: np.ndarray, settings: Settings) -> Saved:
    """Write what is made of a picture: the result last, so that where it exists, all exists.

    deblurred: uint8 (90, 270). Raises PictureError, OSError.
    """
    started = time.perf_counter()
    content = None
    result = restore(deblurred, *loaded.result_size, loaded.source)
    loaded.source = None  # its memory is needed no more
    if task.comparison is not None and loaded.before is not None:
        comparison = side_by_side(loaded.before, result)
        write_picture(task.comparison, comparison, settings.quality)
    if task.destination is not None:
        content = encode_picture(result, task.destination.suffix, settings.quality)
        write_file(task.destination, content)
    before = after = None
    if settings.pictures and loaded.before is not None:
        before, after = resize(loaded.before, WIDTH, HEIGHT), resize(result, WIDTH, HEIGHT)
    return Saved(
        before=before,
        after=after,
        sha256=hashlib.sha256(content).hexdigest() if content and settings.digests else None,
        milliseconds=_milliseconds_since(started),
    )


def _milliseconds_since(started: float) -> float:
    return 1000 * (time.perf_counter() - started)
