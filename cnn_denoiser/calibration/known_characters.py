"""What a network says of characters that are known."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cnn_denoiser.deblurring.network import Network
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.measures.plate_texts import LETTERS_AND_DIGITS, comparable
from plates.slots import CLASSES, EMPTY, UNKNOWN, encode

_BATCH = 32  # pictures that are read between two checks

_log = logging.getLogger(__name__)


class KnownCharacters(NamedTuple):
    """Characters, and what a network says of them.

    logits:  float32 (N, 73), classes of `plates.slots`.
    classes: what they are, int8 (N,).
    """

    logits: np.ndarray
    classes: np.ndarray

    @property
    def wrong(self) -> int:
        """How many of them are read wrongly."""
        return int((self.logits.argmax(axis=-1) != self.classes).sum())


def read_known(
    network: Network, pictures: PictureSet, check: Callable[[], None]
) -> KnownCharacters:
    """Have a network that reads read the blurred plates of a set whose texts are known.

    Places where rightly nothing is read are left out, as in `evaluation.reliability`; so are texts
    that are not whole, which a warning tells. `check` is called between two batches, and raises to
    stop.
    """
    texts = {
        index: comparable(label) for index, label in enumerate(pictures.labels) if label is not None
    }
    chosen = [index for index, text in texts.items() if _is_whole(text)]
    if odd := [text for text in texts.values() if not _is_whole(text)]:
        _log.warning(
            "%s: %d of %d texts are not of seven or eight characters, the province first (* where "
            "it is not known), and are left out, such as %s",
            *(pictures.description, len(odd), len(texts), odd[0]),
        )
    parts = [np.empty((0, CLASSES), np.float32)]
    for at in range(0, len(chosen), _BATCH):
        check()
        read = network.deblur_and_read(pictures.frames[chosen[at : at + _BATCH]]).logits
        if read is None:
            raise ValueError("the network does not read")
        parts.append(read.reshape(-1, CLASSES))
    logits = np.concatenate(parts)
    classes = np.concatenate([np.empty(0, np.int8), *(encode(texts[index]) for index in chosen)])
    something = (classes != EMPTY) | (logits.argmax(axis=-1) != EMPTY)
    known = (classes != UNKNOWN) & something
    return KnownCharacters(logits[known], classes[known])


def _is_whole(text: str) -> bool:
    """Whether a text says what stands in each place. Without the province all would be shifted."""
    return len(text) in (7, 8) and text[0] not in LETTERS_AND_DIGITS
