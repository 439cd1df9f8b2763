"""The frames of a group, as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cnn_denoiser.deblurring.plan import Task
from plumbing.pictures.errors import PictureError
from plumbing.pictures.video import VideoFrame, read_video
from plumbing.storage.stored import File


@dataclass(frozen=True)
class Unreadable:
    """What stands for a file of which the reason is known why it cannot be read."""

    path: File
    reason: str

    def __str__(self) -> str:
        return str(self.path)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def suffix(self) -> str:
        """The file's suffix."""
        return self.path.suffix

    def open(self) -> BinaryIO:
        """Raise OSError with the reason."""
        raise OSError(0, self.reason)

    def write(self, data: bytes) -> None:
        """Raise OSError with the reason."""
        raise OSError(0, self.reason)


def frames_of(task: Task, every: int, max_pixels: int) -> Iterator[File]:
    """Give the frames of a group: the pictures that it names, or every so many-th of its video."""
    if task.frames or not isinstance(task.source, Path):
        yield from task.frames
        return
    try:
        yield from read_video(task.source, every, max_pixels)
    except PictureError as error:
        yield Unreadable(task.source, str(error))


def without_data(source: File) -> File:
    """Return the same file without what it keeps in memory."""
    return source.without_data() if isinstance(source, VideoFrame) else source
