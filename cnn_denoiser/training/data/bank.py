"""The plates that a worker process has drawn, kept to be blurred again in later epochs."""

from __future__ import annotations

import numpy as np

from blurrer import Pair
from cnn_denoiser.training.data.pairs import TrainingPairs


class PlateBank:
    """Makes the pairs of one owner's plates; what a plate is drawn as is kept while there is room.

    owner:  this one, of `owners`; a plate belongs to the owner that its index gives, so that each
            is drawn in one process only.
    room:   how many bytes of plates are kept. Those that came first stay: were the oldest given
            up, all would be, one just before its next use.
    """

    def __init__(self, pairs: TrainingPairs, owner: int, owners: int, room: int) -> None:
        """Start with an empty bank."""
        self._pairs = pairs
        self._owner, self._owners = owner, owners
        self._room = room
        self._plates: dict[int, tuple[int, np.ndarray]] = {}

    def part(self, number: int) -> tuple[list[int], Pair | None]:
        """Return the places in batch `number` of this owner's pairs, and these; None for none."""
        epoch, indices = self._pairs.plates_of_batch(number)
        own = [(place, i) for place, i in enumerate(indices) if i % self._owners == self._owner]
        if not own:
            return [], None
        pairs = [self._pairs.blur(self._plate(epoch, i), epoch, i) for _, i in own]
        return [place for place, _ in own], Pair.stack(pairs)

    def _plate(self, epoch: int, index: int) -> np.ndarray:
        version = self._pairs.version(epoch, index)
        kept = self._plates.pop(index, None)
        if kept and kept[0] == version:
            plate = kept[1]
        else:
            plate = self._pairs.plate(version, index)
            self._room += kept[1].nbytes if kept else 0
            if plate.nbytes > self._room:
                return plate
            self._room -= plate.nbytes
        self._plates[index] = version, plate
        return plate
