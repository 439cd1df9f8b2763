"""Training pairs: sharp plates, blurred afresh at every use.

A pair is a function of (seed, epoch, index) alone: any process can make it, and a run that goes on
after a stop sees exactly the pairs that it would have seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from blurrer import Pair, make_pair
from cnn_denoiser.training.data.plates import SharpPlates
from cnn_denoiser.training.distributed.worker import Worker


@dataclass(frozen=True)
class TrainingPairs:
    """Batches of (blurred, sharp) pairs, shuffled anew for each epoch, always of the same size.

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

    def batch(self, number: int) -> Pair:
        """Return the worker's share of batch `number` (0 or more): blurred and sharp.

        Both are uint8 `(batch_size / workers, 90, 270)`.
        """
        epoch, position = divmod(number, self.batches_in_epoch)
        # The last number keeps the streams apart: 0 shuffles, 1 and more make the pairs.
        shuffler = np.random.default_rng([self.seed, epoch, 0])
        order = shuffler.permutation(len(self.plates))
        share = self.batch_size // self.worker.count
        first = position * self.batch_size + self.worker.index * share
        return Pair.stack([self.pair(epoch, i) for i in order[first : first + share]])

    def pair(self, epoch: int, index: int) -> Pair:
        """Return the pair of plate `index` in an epoch, both uint8 `(90, 270)`."""
        random = np.random.default_rng([self.seed, epoch, int(index) + 1])
        return make_pair(self.plates.picture(int(index), random), random, self.profile)
