"""What is done with one picture before and after the network."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.reporting.before_after import side_by_side
from cnn_denoiser.deblurring.restoration import restore
from plumbing.pictures.codec import MAX_PIXELS, load_picture, picture_size, write_picture
from plumbing.pictures.frame import HEIGHT, WIDTH, resize, to_frame

# Bytes that a pixel of a source takes while it is loaded (decoded, turned, made grey), and where it
# waits for the network and its colours go into a result of its size.
LOADING = 6
KEEPING = 16

# The size of a source of which a frame can do without the finest detail.
ENOUGH = (4 * WIDTH, 4 * HEIGHT)


@dataclass(frozen=True)
class Settings:
    """What is to be made of each picture."""

    size: Literal["model", "source"] = "model"
    colour: bool = False
    quality: int | None = None  # of JPEG and WebP, 1 to 100; None: the writer's own
    max_pixels: int = MAX_PIXELS
    pictures: bool = False  # handed on for a report

    @property
    def large_results(self) -> bool:
        """Whether results may be as large as their sources."""
        return self.size == "source"


@dataclass
class Loaded:
    """A picture on its way to and through the network."""

    frame: np.ndarray  # uint8 (90, 270)
    width: int
    height: int
    repaired: bool
    source: np.ndarray | None  # uint8 BGR, as large as the result, where that is made of it, too
    before: np.ndarray | None  # uint8 BGR where it is to be shown
    milliseconds: float


@dataclass
class Saved:
    """What is told of a picture whose results are written."""

    before: np.ndarray | None  # uint8 BGR (90, 270, 3) where it is to be shown
    after: np.ndarray | None  # uint8 (90, 270) or (90, 270, 3), likewise
    milliseconds: float


def claim(task: Task, settings: Settings) -> int:
    """Return the bytes that loading a picture, and keeping it, may take, by its header."""
    size = picture_size(task.source)
    # Unknown sizes are rare: a picture that might be large is loaded alone.
    pixels = size[0] * size[1] if size else settings.max_pixels
    # A larger one will be refused before it is decoded.
    return min(pixels, settings.max_pixels) * (KEEPING if settings.large_results else LOADING)


def load(task: Task, settings: Settings) -> Loaded:
    """Read a picture and make its frame. Raises PictureError, OSError."""
    started = time.perf_counter()
    enough = None if settings.large_results else ENOUGH
    loaded = load_picture(task.source, settings.max_pixels, enough)
    pixels = loaded.pixels
    frame = to_frame(pixels)
    width, height = loaded.size
    # Larger than this, the picture only stays where the result is as large.
    kept = pixels if settings.large_results else resize(pixels, WIDTH, HEIGHT)
    source = kept if settings.colour else None
    if source is None and settings.large_results:
        # Without colour only the size of the source counts: this one takes no memory.
        source = np.broadcast_to(np.uint8(0), pixels.shape)
    return Loaded(
        frame=frame,
        width=width,
        height=height,
        repaired=loaded.repaired,
        source=source,
        before=kept if settings.pictures or task.comparison is not None else None,
        milliseconds=_milliseconds_since(started),
    )


def save(
    task: Task,
    loaded: Loaded,
    deblurred: np.ndarray,
    settings: Settings,
) -> Saved:
    """Write what is made of a picture: the result last, so that where it stands, all stands.

    deblurred: uint8 (90, 270). Raises PictureError, OSError.
    """
    started = time.perf_counter()
    result = deblurred
    if loaded.source is not None:
        result = restore(deblurred, loaded.source, size=settings.size, colour=settings.colour)
    if task.comparison is not None and loaded.before is not None:
        comparison = side_by_side(loaded.before, result)
        write_picture(task.comparison, comparison, settings.quality)
    write_picture(task.destination, result, settings.quality)
    before = after = None
    if settings.pictures and loaded.before is not None:
        before, after = resize(loaded.before, WIDTH, HEIGHT), resize(result, WIDTH, HEIGHT)
    return Saved(
        before=before,
        after=after,
        milliseconds=_milliseconds_since(started),
    )


def _milliseconds_since(started: float) -> float:
    return 1000 * (time.perf_counter() - started)
