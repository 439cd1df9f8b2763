"""The Python API: pictures in memory, deblurred."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, overload

import numpy as np

from cnn_denoiser.deblurring.groups.fusion import Frame, Fuse, deblur_together
from cnn_denoiser.deblurring.network import BATCH_SIZE, Precision, load_network
from cnn_denoiser.deblurring.restoration import restore
from cnn_denoiser.deblurring.result_size import ResultSize, result_size
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_models
from plumbing.pictures.codec import MAX_PIXELS
from plumbing.pictures.frame import to_frame


class Deblurrer:
    """A trained network that deblurs pictures of licence plates, cropped to the plate.

        deblurrer = Deblurrer()
        sharp = deblurrer(picture)

    It gives the same pixels as the command, needs no TensorFlow, and may be shared by threads.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT_MODEL,
        *,
        precision: Precision = "f32",
        threads: int | None = None,
    ):
        """Load a network, which takes some 0.2 s.

        model:     the name of a shipped network ("unet", "moussaka"), or the path to the folder of
                   a training run or of one of its checkpoints.
        precision: "f32", or "bf16" where OpenVINO is installed and the processor computes with it:
                   faster, and nearly the same pixels.
        threads:   that compute, 1 or more; None: one for each core.

        Raises CheckpointError where there is no such network, or its files are damaged, TypeError
        and ValueError for other arguments that cannot be.
        """
        if not isinstance(model, (str, Path)):
            raise TypeError(f"model must be a name or a path. Received: {model!r}")
        if precision not in ("f32", "bf16"):
            raise ValueError(f"precision must be 'f32' or 'bf16'. Received: {precision!r}")
        if threads is not None and not (isinstance(threads, int) and threads >= 1):
            raise ValueError(f"threads must be None, or 1 or more. Received: {threads!r}")
        if model in shipped_models():
            self._network = load_network(str(model), None, precision, threads)
        elif Path(model).is_dir():
            self._network = load_network(None, Path(model), precision, threads)
        else:
            known = ", ".join(shipped_models())
            raise CheckpointError(f"{model} is neither a shipped network ({known}) nor a folder")

    @overload
    def __call__(
        self,
        pictures: np.ndarray,
        *,
        colour: bool = ...,
        size: str | int = ...,
        aspect: Literal["frame", "keep"] = ...,
    ) -> np.ndarray: ...

    @overload
    def __call__(
        self,
        pictures: Sequence[np.ndarray],
        *,
        colour: bool = ...,
        size: str | int = ...,
        aspect: Literal["frame", "keep"] = ...,
    ) -> list[np.ndarray]: ...

    def __call__(
        self,
        pictures: np.ndarray | Sequence[np.ndarray],
        *,
        colour: bool = False,
        size: str | int = "model",
        aspect: Literal["frame", "keep"] = "frame",
    ) -> np.ndarray | list[np.ndarray]:
        """Deblur a picture, or each one of a list.

        pictures: uint8, BGR (H, W, 3) or grey (H, W), of any size; or a list of such arrays, of
                  any sizes.
        colour:   the deblurred lightness with the picture's colours, uint8 BGR (H, W, 3); else
                  uint8 grey (H, W).
        size:     "model": (90, 270), whatever the picture's shape. "source": the picture's shape
                  and size, but at least 90 rows and 270 columns, so that nothing is lost that was
                  gained. "exact": exactly as the picture. A whole number: so many columns. "2x":
                  so many times the picture's size.
        aspect:   with "model" and a number of columns: "frame", which is 3:1, or "keep", the
                  picture's own.

        Returns an array for an array, a list for a list. Raises TypeError and ValueError for
        what is no picture, no size, or a result of more than 50 million pixels.
        """
        wanted = _result_size(size, aspect)
        if isinstance(pictures, np.ndarray):
            return self._deblur([pictures], colour, wanted)[0]
        if not isinstance(pictures, Sequence) or isinstance(pictures, (str, bytes)):
            raise TypeError(
                "a picture must be a numpy array, pictures a list of them. "
                f"Received: {type(pictures).__name__}"
            )
        return self._deblur(pictures, colour, wanted)

    def fuse(
        self,
        pictures: Sequence[np.ndarray],
        *,
        how: Fuse = "fused",
        colour: bool = False,
        size: str | int = "model",
        aspect: Literal["frame", "keep"] = "frame",
    ) -> np.ndarray:
        """Make one picture of several frames of one plate, in any order.

        pictures: a list of one or more, as for a call.
        how:      "fused": the frames that fit each other are averaged, as blurred as they are, and
                  that is deblurred. "best": the sharpest of the deblurred frames.

        The others are those of a call; size and colours are those of the sharpest frame. Frames of
        another plate are left out. Raises TypeError and ValueError as a call does.
        """
        if how not in ("fused", "best"):
            raise ValueError(f"how must be 'fused' or 'best'. Received: {how!r}")
        wanted = _result_size(size, aspect)
        if not isinstance(pictures, Sequence) or isinstance(pictures, (str, bytes)):
            raise TypeError(
                f"frames must be a list of numpy arrays. Received: {type(pictures).__name__}"
            )
        if not pictures:
            raise ValueError("there must be at least one frame. Received: an empty list")
        for picture in pictures:
            _check(picture)
            _check_result(picture, wanted)
        blurred = np.stack([to_frame(picture) for picture in pictures])
        frames = [Frame(*pair) for pair in zip(blurred, self._network.deblur(blurred), strict=True)]
        result, fusion = deblur_together(frames, self._network.deblur, how)
        source = pictures[fusion.reference]
        return restore(
            result, *_size_of_result(source, wanted), _as_bgr(source) if colour else None
        )

    def _deblur(
        self, pictures: Sequence[np.ndarray], colour: bool, size: ResultSize
    ) -> list[np.ndarray]:
        for picture in pictures:
            _check(picture)
            _check_result(picture, size)
        results: list[np.ndarray] = []
        for start in range(0, len(pictures), BATCH_SIZE):
            batch = pictures[start : start + BATCH_SIZE]
            frames = self._network.deblur(np.stack([to_frame(picture) for picture in batch]))
            results += [
                restore(
                    frame, *_size_of_result(picture, size), _as_bgr(picture) if colour else None
                )
                for frame, picture in zip(frames, batch, strict=True)
            ]
        return results


def _check(picture: object) -> None:
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


def _result_size(size: str | int, aspect: str) -> ResultSize:
    if isinstance(size, bool) or not isinstance(size, (str, int)):
        raise TypeError(f"size must be a text or a whole number. Received: {size!r}")
    if aspect not in ("frame", "keep"):
        raise ValueError(f"aspect must be 'frame' or 'keep'. Received: {aspect!r}")
    try:
        return replace(result_size(str(size)), keep_aspect=aspect == "keep")
    except ArgumentTypeError as error:
        raise ValueError(f"size {error}") from error


def _size_of_result(picture: np.ndarray, size: ResultSize) -> tuple[int, int]:
    return size.of(picture.shape[1], picture.shape[0])


def _check_result(picture: np.ndarray, size: ResultSize) -> None:
    width, height = _size_of_result(picture, size)
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"the result would have more than {MAX_PIXELS:,} pixels. Received: shape "
            f"{picture.shape}, of which {width}x{height} would be made"
        )


def _as_bgr(picture: np.ndarray) -> np.ndarray:
    """Return a picture as BGR (H, W, 3), a view of it where it is grey."""
    if picture.ndim == 3:
        return picture
    return np.broadcast_to(picture[..., np.newaxis], (*picture.shape, 3))
