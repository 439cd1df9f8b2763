"""The plates that a network is validated on.

The pictures, and how each is blurred, are the same in every validation and in every run on the
same data, so that figures can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blurrer import Pair, make_pair
from cnn_denoiser.training.data.plates import PlatesInFolders, without_copies
from plates import draw_plate

SEED = 20171
HELD_OUT_AT_MOST = 64
SYNTHETIC_PLATES = 64


@dataclass(frozen=True)
class ValidationSet:
    """Plates kept from training, blurred once.

    blurred, sharp: uint8 `(N, 90, 270)`.
    labels:         what stands on each plate; None where that is not known.
    """

    blurred: np.ndarray
    sharp: np.ndarray
    labels: tuple[str | None, ...]


def hold_out(
    plates: PlatesInFolders, share: float
) -> tuple[PlatesInFolders, PlatesInFolders | None]:
    """Return the plates to train on, and those kept for validation: a share, at most 64.

    None are kept where the share is less than a picture. Files with the same content as one that
    is kept are left out of both.
    """
    count = min(int(share * len(plates)), HELD_OUT_AT_MOST)
    if not count:
        return plates, None
    order = _random(0).permutation(len(plates))
    kept, others = (plates.only(sorted(part)) for part in (order[:count], order[count:]))
    return without_copies(others, kept), kept


def validate_on(plates: PlatesInFolders, profile: str) -> ValidationSet:
    """Blur plates of one's own. Raises `PictureError`."""
    pairs = []
    for index in range(len(plates)):
        random = _random(index + 1)
        pairs.append(make_pair(plates.plate(index, random).picture, random, profile))
    return ValidationSet(*Pair.stack(pairs), plates.texts or (None,) * len(plates))


def validate_on_synthetic(profile: str) -> ValidationSet:
    """Draw and blur synthetic plates, whose texts are known."""
    pairs, labels = [], []
    for index in range(SYNTHETIC_PLATES):
        random = _random(index + 1)
        plate, label = draw_plate(random)
        pairs.append(make_pair(plate, random, profile))
        labels.append(label)
    return ValidationSet(*Pair.stack(pairs), tuple(labels))


def _random(index: int) -> np.random.Generator:
    # A spawn key keeps these streams apart from those of the training pairs, whatever their seed.
    return np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(index,)))
