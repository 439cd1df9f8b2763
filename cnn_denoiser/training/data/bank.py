"""The plates that a worker process has drawn, kept to be blurred again in later epochs."""

from __future__ import annotations

from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.data.pairs import TrainingPairs
from plates.plate import Plate


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
        self._plates: dict[int, tuple[int, Plate]] = {}

    def part(self, number: int) -> tuple[list[int], Batch | None]:
        """Return the places in batch `number` of this owner's pairs, and these; None for none."""
        epoch, indices = self._pairs.plates_of_batch(number)
        own = [(place, i) for place, i in enumerate(indices) if i % self._owners == self._owner]
        if not own:
            return [], None
        plates = [self._plate(epoch, i) for _, i in own]
        pairs = [
            self._pairs.blur(plate, epoch, i) for plate, (_, i) in zip(plates, own, strict=True)
        ]
        return [place for place, _ in own], Batch.stack(pairs, [plate.text for plate in plates])

    def _plate(self, epoch: int, index: int) -> Plate:
        version = self._pairs.version(epoch, index)
        kept = self._plates.pop(index, None)
        if kept and kept[0] == version:
            plate = kept[1]
        else:
            plate = self._pairs.plate(version, index)
            self._room += kept[1].picture.nbytes if kept else 0
            if plate.picture.nbytes > self._room:
                return plate
            self._room -= plate.picture.nbytes
        self._plates[index] = version, plate
        return plate
