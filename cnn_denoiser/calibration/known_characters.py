"""What a network says of characters that are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cnn_denoiser.deblurring.network import Network
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.measures.plate_texts import comparable
from plates.slots import CLASSES, EMPTY, UNKNOWN, encode

_BATCH = 32  # pictures that are read between two checks


class KnownCharacters(NamedTuple):
    """Characters, and what a network says of them.

    logits:  float32 (N, 73), classes of `plates.slots`.
    classes: what they are, int8 (N,).
    """

    logits: np.ndarray
    classes: np.ndarray


def read_known(
    network: Network, pictures: PictureSet, check: Callable[[], None]
) -> KnownCharacters:
    """Have a network that reads read the blurred plates of a set whose texts are known.

    Places where rightly nothing is read are left out, as in `evaluation.reliability`. `check` is
    called between two batches, and raises to stop.
    """
    chosen = [index for index, label in enumerate(pictures.labels) if label is not None]
    parts = [np.empty((0, CLASSES), np.float32)]
    for at in range(0, len(chosen), _BATCH):
        check()
        read = network.deblur_and_read(pictures.frames[chosen[at : at + _BATCH]]).logits
        if read is None:
            raise ValueError("the network does not read")
        parts.append(read.reshape(-1, CLASSES))
    logits = np.concatenate(parts)
    texts = [encode(comparable(pictures.labels[index] or "")) for index in chosen]
    classes = np.concatenate([np.empty(0, np.int8), *texts])
    something = (classes != EMPTY) | (logits.argmax(axis=-1) != EMPTY)
    known = (classes != UNKNOWN) & something
    return KnownCharacters(logits[known], classes[known])
