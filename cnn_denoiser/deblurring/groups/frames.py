"""The frames of a group, as files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.unreadable import Unreadable
from plumbing.pictures.errors import PictureError
from plumbing.pictures.video import VideoFrame, read_video
from plumbing.storage.stored import File


def frames_of(task: Task, every: int, max_pixels: int) -> Iterator[File]:
    """Give the frames of a group: the pictures that it names, or every so many-th of its video."""
    if task.frames or not isinstance(task.source, Path):
        yield from task.frames
        return
    try:
        yield from read_video(task.source, every, max_pixels)
    except PictureError as error:
        yield Unreadable(str(task.source), str(error))


def without_data(source: File) -> File:
    """Return the same file without what it keeps in memory."""
    return source.without_data() if isinstance(source, VideoFrame) else source
