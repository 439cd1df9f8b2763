"""Checks of the arguments of the Python API, with errors that say what was received."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnn_denoiser.deblurring.result_size import ResultSize, result_size
from plumbing.pictures.codec import MAX_PIXELS


def check_list(pictures: object) -> None:
    """Raise TypeError for what is neither a picture nor a list."""
    if not isinstance(pictures, Sequence) or isinstance(pictures, (str, bytes)):
        raise TypeError(
            "a picture must be a numpy array, pictures a list of them. "
            f"Received: {type(pictures).__name__}"
        )


def check_frames(frames: Sequence[np.ndarray]) -> None:
    """Raise TypeError or ValueError for what is no list of one or more pictures."""
    if not isinstance(frames, Sequence) or isinstance(frames, (str, bytes)):
        raise TypeError(f"frames must be a list of numpy arrays. Received: {type(frames).__name__}")
    if not frames:
        raise ValueError("there must be at least one frame. Received: an empty list")
    for frame in frames:
        check_picture(frame)


def check_picture(picture: object) -> None:
    """Raise TypeError or ValueError, with what was received, for what is no picture."""
    if not isinstance(picture, np.ndarray):
        raise TypeError(
            f"a picture must be a numpy array. Received: {type(picture).__name__}"
            + (" (could the file not be read?)" if picture is None else "")
        )
    if picture.dtype != np.uint8:
        raise TypeError(f"a picture must be uint8, 0 to 255. Received: {picture.dtype}")
    if picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[2] != 3):
        raise ValueError(
            "a picture must be grey (H, W) or BGR (H, W, 3); pictures go in a list. "
            f"Received: shape {picture.shape}"
        )
    if 0 in picture.shape:
        raise ValueError(f"a picture must have pixels. Received: shape {picture.shape}")


def as_size(size: str | int, aspect: str) -> ResultSize:
    """Return the size that two arguments of a call ask for; raises TypeError, ValueError."""
    if isinstance(size, bool) or not isinstance(size, (str, int)):
        raise TypeError(f"size must be a text or a whole number. Received: {size!r}")
    if aspect not in ("frame", "keep"):
        raise ValueError(f"aspect must be 'frame' or 'keep'. Received: {aspect!r}")
    try:
        return replace(result_size(str(size)), keep_aspect=aspect == "keep")
    except ArgumentTypeError as error:
        raise ValueError(f"size {error}") from error


def size_of_result(picture: np.ndarray, size: ResultSize) -> tuple[int, int]:
    """Return width and height of what is made of a picture."""
    return size.of(picture.shape[1], picture.shape[0])


def check_result(picture: np.ndarray, size: ResultSize) -> None:
    """Raise ValueError where what is made of a picture would be too large."""
    width, height = size_of_result(picture, size)
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"the result would have more than {MAX_PIXELS:,} pixels. Received: shape "
            f"{picture.shape}, of which {width}x{height} would be made"
        )
