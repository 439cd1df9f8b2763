"""Training pairs: sharp plates from a folder or made on the fly, blurred afresh at every use.

A pair is a function of (seed, pass, index) alone: any process can make it, and a run that goes on
after a stop sees exactly the pairs that it would have seen.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from blurrer import make_pair
from cnn_denoiser.image_files import PictureError, find_pictures, read_picture
from cnn_denoiser.training.worker import Worker
from plates import draw_plate
from plates.characters import CharacterPlaces
from plates.recombination import recombine

SYNTHETIC_PASS = 10_000  # a pass over plates that never repeat is a convention only
BATCHES_AHEAD_PER_WORKER = 2

Batch = tuple[np.ndarray, np.ndarray]


class SharpPlates(Protocol):
    """Sharp plates that can be had by number, again and again."""

    def __len__(self) -> int:
        """Return how many plates make a pass."""

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return plate `index` as uint8 BGR `(H, W, 3)`; `random` serves plates that are drawn."""


@dataclass(frozen=True)
class PlatesInFolders:
    """Plates of one's own; the files are read when they are needed."""

    paths: tuple[Path, ...]

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self.paths)

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return picture `index` as it is in its file; raises `PictureError`."""
        path = self.paths[index]
        try:
            return read_picture(path)
        except (PictureError, OSError) as error:
            raise PictureError(f"{path} can no longer be read: {error}") from error


@dataclass(frozen=True)
class SyntheticPlates:
    """Plates drawn anew at every use: no two batches show the same."""

    count: int = SYNTHETIC_PASS

    def __len__(self) -> int:
        """Return how many plates count as a pass."""
        return self.count

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return a plate drawn from `random`."""
        return draw_plate(random)[0]


@dataclass(frozen=True)
class MixedPlates:
    """Plates of one's own, each replaced now and then by a synthetic or a recombined one.

    own: at least one plate.
    synthetic_share: how many are drawn.
    recombined_share: how many of the others get some characters of other plates ...
    characters: ... which are found with this.
    """

    own: PlatesInFolders
    characters: CharacterPlaces
    synthetic_share: float = 0.0
    recombined_share: float = 0.0

    def __len__(self) -> int:
        """Return how many plates of one's own there are."""
        return len(self.own)

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return plate `index` as it is or recombined, or a synthetic one."""
        if self.synthetic_share and random.random() < self.synthetic_share:
            return draw_plate(random)[0]
        plate = self.own.picture(index, random)
        if self.recombined_share and random.random() < self.recombined_share:
            return recombine(plate, lambda place: self._donor(place, random), random)
        return plate

    def _donor(self, place: int, random: np.random.Generator) -> tuple[np.ndarray, int]:
        index, place_there = self.characters.draw(place, random)
        return self.own.picture(index, random), place_there


def open_folders(
    folders: Sequence[Path], on_unreadable: Callable[[Path, str], None]
) -> PlatesInFolders:
    """Find the readable pictures of some folders.

    Every file is read once, so that a bad one is known now and not after hours of training;
    `on_unreadable(path, reason)` is called for each of those. Raises `PictureError` where no
    readable picture is left, `OSError` where a folder cannot be listed.
    """
    readable = []
    for folder in folders:
        for path in find_pictures(folder):
            try:
                read_picture(path)
            except (PictureError, OSError) as error:
                on_unreadable(path, str(error))
            else:
                readable.append(path)
    if not readable:
        raise PictureError(f"no readable pictures in {', '.join(map(str, folders))}")
    return PlatesInFolders(tuple(readable))


@dataclass(frozen=True)
class TrainingPairs:
    """Batches of (blurred, sharp) pairs, shuffled anew for each pass, always of the same size.

    worker: whose share of each batch is made; the shares of all workers are of equal size.
    """

    plates: SharpPlates
    profile: str
    batch_size: int
    seed: int
    worker: Worker = field(default_factory=Worker)

    @property
    def batches_in_pass(self) -> int:
        """How many whole batches a pass gives; what is left over waits for another shuffle."""
        return len(self.plates) // self.batch_size

    def batch(self, number: int) -> Batch:
        """Return the worker's share of batch `number` (0 or more): blurred and sharp.

        Both are uint8 `(batch_size / workers, 90, 270)`.
        """
        number_of_pass, position = divmod(number, self.batches_in_pass)
        # The last number keeps the streams apart: 0 shuffles, 1 and more make the pairs.
        shuffler = np.random.default_rng([self.seed, number_of_pass, 0])
        order = shuffler.permutation(len(self.plates))
        share = self.batch_size // self.worker.count
        first = position * self.batch_size + self.worker.index * share
        pairs = [self.pair(number_of_pass, i) for i in order[first : first + share]]
        sharp, blurred = (np.stack(pictures) for pictures in zip(*pairs, strict=True))
        return blurred, sharp

    def pair(self, number_of_pass: int, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (sharp, blurred) of plate `index` in a pass, both uint8 `(90, 270)`."""
        random = np.random.default_rng([self.seed, number_of_pass, int(index) + 1])
        return make_pair(self.plates.picture(int(index), random), random, self.profile)


def stream_batches(pairs: TrainingPairs, start: int, stop: int, workers: int) -> Iterator[Batch]:
    """Yield the batches `start` to `stop - 1` in order, made ahead by worker processes."""
    # Spawned, not forked: a process that holds TensorFlow's threads must not be forked.
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(pairs,),
    ) as executor:
        ahead: deque[Future[Batch]] = deque()
        try:
            for number in range(start, stop):
                ahead.append(executor.submit(_make_batch, number))
                if len(ahead) > BATCHES_AHEAD_PER_WORKER * workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            # What is being made is waited for: an executor left alone may stumble at the exit.
            executor.shutdown(cancel_futures=True)


_worker_pairs: TrainingPairs


def _start_worker(pairs: TrainingPairs) -> None:
    """Prepare a worker process: what it blurs, one thread, and Ctrl-C left to the main process."""
    global _worker_pairs
    _worker_pairs = pairs
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the main one has ended; a killed one could not see to that."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _make_batch(number: int) -> Batch:
    return _worker_pairs.batch(number)
