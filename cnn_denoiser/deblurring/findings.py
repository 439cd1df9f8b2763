"""Inference: a network's deblurred frames, with readings, warnings and whether it was needed."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from cnn_denoiser.deblurring.as_it_is import readable_as_it_is
from cnn_denoiser.deblurring.network import Deblurred
from cnn_denoiser.deblurring.plate_look import without_text
from cnn_denoiser.deblurring.reading import Reading, read


class Deblurs(Protocol):
    """A network: frames in, frames out, and what stands on them."""

    temperature: float

    def deblur(self, frames: np.ndarray, batch_size: int) -> np.ndarray:
        """Deblur frames, uint8 (N, 90, 270), to the same shape and type."""

    def deblur_and_read(self, frames: np.ndarray, batch_size: int) -> Deblurred:
        """Deblur frames likewise, and read them in the same pass, where the network reads."""


class Finding(NamedTuple):
    """What a network finds in one frame.

    deblurred: uint8 (90, 270).
    reading:   None where the network does not read.
    as_it_is:  whether the frame can be read without being deblurred; None likewise.
    warning:   why this may be no plate, or "".
    """

    deblurred: np.ndarray
    reading: Reading | None = None
    as_it_is: bool | None = None
    warning: str = ""


def infer(network: Deblurs, frames: np.ndarray, batch_size: int) -> list[Finding]:
    """Deblur and, where the network does that, read frames, uint8 (N, 90, 270)."""
    deblurred, logits = network.deblur_and_read(frames, batch_size)
    if logits is None:
        return [Finding(frame) for frame in deblurred]
    return [
        Finding(
            after,
            reading,
            readable_as_it_is(before, after, reading),
            without_text(reading.probability),
        )
        for before, after, reading in zip(
            frames, deblurred, read(logits, network.temperature), strict=True
        )
    ]
