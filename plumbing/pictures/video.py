"""Reading the frames of a video file, one after the other."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from plumbing.files.regular import open_regular_file
from plumbing.pictures.codec import encode_picture
from plumbing.pictures.errors import PictureError

# Of a frame: 4096x2304. Several frames wait in memory, and a plate is far smaller.
MAX_PIXELS = 4096 * 2304

_SIGNATURE_BYTES = 189
_NO_VIDEO = "not a video (no MP4, MOV, Matroska, WebM, AVI or MPEG)"
# Pictures in the container of MP4: AVIF, HEIC, JPEG XL, JPEG 2000, raw files.
_PICTURE_BRANDS = frozenset(
    [b"avif", b"mif1", b"mif2", b"heic", b"heix", b"heim", b"heis", b"jxl ", b"jp2 ", b"crx "]
)
_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip")  # that old QuickTime files begin with
# Read by FFmpeg's libraries when they are first used: they are not to write to stderr.
_QUIET = {"OPENCV_FFMPEG_LOGLEVEL": "-8", "OPENCV_LOG_LEVEL": "SILENT"}


@dataclass(frozen=True)
class VideoFrame:
    """A frame of a video as a file: reading it gives a BMP picture.

    video:  the path of the video.
    number: of the frame, from 0 on.
    data:   the BMP file; None: the video is read again, up to the frame, when it is opened.
    """

    video: Path
    number: int
    data: bytes | None = None

    def __str__(self) -> str:
        return f"{self.video}#{self.number}"

    @property
    def name(self) -> str:
        """The video's name and the frame's number."""
        return f"{self.video.name}#{self.number}"

    @property
    def suffix(self) -> str:
        """That of what is read."""
        return ".bmp"

    def open(self) -> BinaryIO:
        """Open the picture. Raises OSError where the frame cannot be read, or no longer."""
        if self.data is not None:
            return io.BytesIO(self.data)
        try:
            for frame in read_video(self.video, only=self.number):
                return io.BytesIO(frame.data or b"")
        except PictureError as error:
            raise OSError(0, str(error)) from error
        raise OSError(0, "the frame is no longer there")

    def write(self, data: bytes) -> None:
        """Raise OSError: videos are not written."""
        raise OSError(0, "a frame of a video cannot be written")

    def without_data(self) -> VideoFrame:
        """Return the same frame, which takes no memory."""
        return VideoFrame(self.video, self.number)


def is_video(path: Path) -> bool:
    """Tell whether a file is a video, by its first bytes. False where it cannot be read."""
    try:
        with open_regular_file(path) as file:
            return _is_signature(file.read(_SIGNATURE_BYTES))
    except OSError:
        return False


def read_video(
    path: Path, every: int = 1, max_pixels: int = MAX_PIXELS, only: int | None = None
) -> Iterator[VideoFrame]:
    """Read every so many-th frame of a video, from the first one on, or only one by its number.

    Where decoding fails on the way, the frames end. Raises PictureError where the file is no
    regular one or no video that can be decoded, or its frames have more than `max_pixels`.
    """
    _check(path)
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    # As an absolute path it is never taken for an address; other back ends take names for patterns.
    capture = cv2.VideoCapture(os.path.abspath(path), cv2.CAP_FFMPEG)
    try:
        if not capture.isOpened():
            raise PictureError("cannot be decoded: the video is damaged, or of an unknown kind")
        width, height = (
            int(capture.get(which))
            for which in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        )
        if width * height > min(max_pixels, MAX_PIXELS):
            raise PictureError(
                f"too large: a video of {width}x{height}, more than "
                f"{min(max_pixels, MAX_PIXELS):,} pixels; crop it to the plate"
            )
        yield from _frames(path, capture, every, only)
    finally:
        capture.release()


def _frames(
    path: Path, capture: cv2.VideoCapture, every: int, only: int | None
) -> Iterator[VideoFrame]:
    number = -1
    while _advance(capture):
        number += 1
        if number % every if only is None else number != only:
            continue
        decoded, pixels = capture.retrieve()
        if not decoded:
            break
        yield VideoFrame(path, number, encode_picture(_as_bgr(pixels), ".bmp"))
        if only is not None:
            return
    if number < 0:
        raise PictureError("cannot be decoded: the video has no frames")


def _advance(capture: cv2.VideoCapture) -> bool:
    try:
        return capture.grab()
    except cv2.error:
        return False


def _as_bgr(pixels: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if pixels.ndim == 2 else pixels


def _check(path: Path) -> None:
    try:
        with open_regular_file(path) as file:
            if not _is_signature(file.read(_SIGNATURE_BYTES)):
                raise PictureError(_NO_VIDEO)
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from error


def _is_signature(start: bytes) -> bool:
    """Whether a file's first bytes are those of a video.

    Only of containers that hold their frames themselves: play lists name other files.
    """
    return (
        (start[4:8] == b"ftyp" and start[8:12] not in _PICTURE_BRANDS)  # MP4, MOV
        or start[4:8] in _ATOMS
        or start.startswith(b"\x1aE\xdf\xa3")  # Matroska, WebM
        or (start.startswith(b"RIFF") and start[8:12] == b"AVI ")
        or start.startswith((b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"))  # MPEG
        or (start[:1] == b"G" and start[188:189] == b"G")  # MPEG transport stream
    )
