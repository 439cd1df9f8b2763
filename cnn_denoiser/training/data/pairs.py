"""Training pairs: sharp plates, blurred afresh at every use.

A pair is a function of (seed, epoch, index) alone: any process can make it, and a run that goes on
after a stop sees exactly the pairs that it would have seen.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np

from blurrer import Pair, make_pair
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.data.plates import SharpPlates
from cnn_denoiser.training.distributed.worker import Worker
from plates.plate import Plate

# Drawing a plate takes six times as long as blurring it: each is drawn anew after so many epochs.
EPOCHS_PER_PLATE = 8
# What keeps the random streams of a seed apart; those of pairs begin at 1.
_SHUFFLING = 0
_DRAWING = 2**32 - 1


@dataclass(frozen=True)
class TrainingPairs:
    """Batches of pairs, shuffled anew for each epoch, always of the same size.

    worker: whose share of each batch is made; the shares of all workers are of equal size.
    """

    plates: SharpPlates
    profile: str
    batch_size: int
    seed: int
    worker: Worker = field(default_factory=Worker)

    @property
    def batches_in_epoch(self) -> int:
        """How many whole batches an epoch gives; what is left over waits for another shuffle."""
        return len(self.plates) // self.batch_size

    def batch(self, number: int) -> Batch:
        """Return the worker's share of batch `number` (0 or more), of batch_size / workers."""
        epoch, indices = self.plates_of_batch(number)
        plates = [self.plate(self.version(epoch, index), index) for index in indices]
        pairs = [
            self.blur(plate, epoch, index) for plate, index in zip(plates, indices, strict=True)
        ]
        return Batch.stack(pairs, [plate.text for plate in plates])

    def plates_of_batch(self, number: int) -> tuple[int, list[int]]:
        """Return the epoch of a batch, and which plates the worker's share of it shows."""
        epoch, position = divmod(number, self.batches_in_epoch)
        order = _order(self.seed, epoch, len(self.plates))
        share = self.batch_size // self.worker.count
        first = position * self.batch_size + self.worker.index * share
        return epoch, order[first : first + share].tolist()

    def pair(self, epoch: int, index: int) -> Pair:
        """Return the pair of plate `index` in an epoch, both sides uint8 `(90, 270)`."""
        return self.blur(self.plate(self.version(epoch, index), index), epoch, index)

    def version(self, epoch: int, index: int) -> int:
        """Return which drawing of plate `index` an epoch shows; they change in different epochs."""
        return (epoch + index % EPOCHS_PER_PLATE) // EPOCHS_PER_PLATE

    def plate(self, version: int, index: int) -> Plate:
        """Return a drawing of plate `index`."""
        random = np.random.default_rng([self.seed, version, index + 1, _DRAWING])
        return self.plates.plate(index, random)

    def blur(self, plate: Plate, epoch: int, index: int) -> Pair:
        """Return the pair that an epoch makes of a drawing of plate `index`."""
        random = np.random.default_rng([self.seed, epoch, index + 1])
        return make_pair(plate.picture, random, self.profile)


@functools.lru_cache(maxsize=2)
def _order(seed: int, epoch: int, count: int) -> np.ndarray:
    """Return the order in which an epoch shows plates."""
    return np.random.default_rng([seed, epoch, _SHUFFLING]).permutation(count)
