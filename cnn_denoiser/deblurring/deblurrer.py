"""The Python API: pictures in memory, deblurred."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args, overload

import numpy as np

from cnn_denoiser.deblurring.arguments import (
    as_size,
    check_frames,
    check_list,
    check_picture,
    check_result,
    size_of_result,
)
from cnn_denoiser.deblurring.groups.fusion import Frame, Fuse, deblur_together, fuse
from cnn_denoiser.deblurring.network import BATCH_SIZE, Precision, load_network
from cnn_denoiser.deblurring.reading import Reading, read, together
from cnn_denoiser.deblurring.restoration import restore
from cnn_denoiser.deblurring.result_size import ResultSize
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_models
from plumbing.pictures.frame import to_frame


class Deblurrer:
    """A trained network that deblurs pictures of licence plates, cropped to the plate.

        deblurrer = Deblurrer()
        sharp = deblurrer(picture)
        text = deblurrer.read(picture).text

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
        precision: "f32"; "int8", faster on processors with VNNI, or "bf16" where OpenVINO is
                   installed and the processor computes with it: nearly the same pixels.
        threads:   that compute, 1 or more; None: one for each core.

        Raises CheckpointError where there is no such network, or its files are damaged, TypeError
        and ValueError for other arguments that cannot be.
        """
        if not isinstance(model, (str, Path)):
            raise TypeError(f"model must be a name or a path. Received: {model!r}")
        if precision not in get_args(Precision):
            known = ", ".join(map(repr, get_args(Precision)))
            raise ValueError(f"precision must be one of {known}. Received: {precision!r}")
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
        grey: bool = ...,
        size: str | int = ...,
        aspect: Literal["frame", "keep"] = ...,
    ) -> np.ndarray: ...

    @overload
    def __call__(
        self,
        pictures: Sequence[np.ndarray],
        *,
        grey: bool = ...,
        size: str | int = ...,
        aspect: Literal["frame", "keep"] = ...,
    ) -> list[np.ndarray]: ...

    def __call__(
        self,
        pictures: np.ndarray | Sequence[np.ndarray],
        *,
        grey: bool = False,
        size: str | int = "model",
        aspect: Literal["frame", "keep"] = "frame",
    ) -> np.ndarray | list[np.ndarray]:
        """Deblur a picture, or each one of a list.

        pictures: uint8, BGR (H, W, 3) or grey (H, W), of any size; or a list of such arrays, of
                  any sizes.
        grey:     all results are uint8 grey (H, W); else those of BGR pictures are uint8 BGR
                  (H, W, 3), the deblurred lightness with the picture's colours.
        size:     "model": (90, 270), whatever the picture's shape. "source": the picture's shape
                  and size, but at least 90 rows and 270 columns, so that nothing is lost that was
                  gained. "exact": exactly as the picture. A whole number: so many columns. "2x":
                  so many times the picture's size.
        aspect:   with "model" and a number of columns: "frame", which is 3:1, or "keep", the
                  picture's own.

        Returns an array for an array, a list for a list. Raises TypeError and ValueError for
        what is no picture, no size, or a result of more than 50 million pixels.
        """
        wanted = as_size(size, aspect)
        if isinstance(pictures, np.ndarray):
            return self._deblur([pictures], grey, wanted)[0]
        check_list(pictures)
        return self._deblur(pictures, grey, wanted)

    @overload
    def read(self, pictures: np.ndarray) -> Reading: ...

    @overload
    def read(self, pictures: Sequence[np.ndarray]) -> list[Reading]: ...

    def read(self, pictures: np.ndarray | Sequence[np.ndarray]) -> Reading | list[Reading]:
        """Read the plate of a picture, or of each one of a list, straight from the blur.

        pictures: as for a call.

        Returns a `Reading` for an array, a list for a list: its `text`, "" where there is no plate
        (`is_plate`); the `probability` of the whole text; and of each place the character, the
        runner-up and their probabilities (`places`). Raises TypeError and ValueError for what is
        no picture, ValueError where the network does not read.
        """
        if isinstance(pictures, np.ndarray):
            return self._read([pictures])[0]
        check_list(pictures)
        return self._read(pictures)

    def read_together(self, frames: Sequence[np.ndarray]) -> Reading:
        """Read several frames of one plate, in any order, as `--group --read` does.

        frames: a list of one or more, as for `fuse`. Those that `fuse` would average count, each
                with its log-probabilities.

        Raises TypeError and ValueError as `read` does.
        """
        check_frames(frames)
        blurred = _stack(frames)
        deblurred, readings = self._deblur_and_read(blurred)
        fusion = fuse([Frame(*pair) for pair in zip(blurred, deblurred, strict=True)])
        return together([one for one, fit in zip(readings, fusion.fits, strict=True) if fit.used])

    def fuse(
        self,
        pictures: Sequence[np.ndarray],
        *,
        how: Fuse = "fused",
        grey: bool = False,
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
        wanted = as_size(size, aspect)
        check_frames(pictures)
        for picture in pictures:
            check_result(picture, wanted)
        blurred = _stack(pictures)
        frames = [Frame(*pair) for pair in zip(blurred, self._network.deblur(blurred), strict=True)]
        result, fusion = deblur_together(frames, self._network.deblur, how)
        source = pictures[fusion.reference]
        return restore(result, *size_of_result(source, wanted), None if grey else source)

    def _deblur(
        self, pictures: Sequence[np.ndarray], grey: bool, size: ResultSize
    ) -> list[np.ndarray]:
        for picture in pictures:
            check_picture(picture)
            check_result(picture, size)
        results: list[np.ndarray] = []
        for start in range(0, len(pictures), BATCH_SIZE):
            batch = pictures[start : start + BATCH_SIZE]
            frames = self._network.deblur(_stack(batch))
            results += [
                restore(frame, *size_of_result(picture, size), None if grey else picture)
                for frame, picture in zip(frames, batch, strict=True)
            ]
        return results

    def _read(self, pictures: Sequence[np.ndarray]) -> list[Reading]:
        for picture in pictures:
            check_picture(picture)
        readings: list[Reading] = []
        for start in range(0, len(pictures), BATCH_SIZE):
            readings += self._deblur_and_read(_stack(pictures[start : start + BATCH_SIZE]))[1]
        return readings

    def _deblur_and_read(self, frames: np.ndarray) -> tuple[np.ndarray, list[Reading]]:
        if not self._network.reads:
            raise ValueError(f"the network {self._network.model} does not read plates")
        deblurred, logits = self._network.deblur_and_read(frames)
        assert logits is not None
        return deblurred, read(logits, self._network.temperature)


def _stack(pictures: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack([to_frame(picture) for picture in pictures])
