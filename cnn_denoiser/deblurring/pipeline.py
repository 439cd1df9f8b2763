"""Deblurring: any number of pictures through a network, without TensorFlow.

Three stages run beside each other: threads load pictures, ONNX Runtime computes batches, and the
same threads save the results. What waits between the stages is bounded by count and, as there are
pictures of 150 megabytes, by bytes, so memory does not depend on the number of pictures.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

import numpy as np

from cnn_denoiser.deblurring.planning import Task
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.stages import Loaded, Saved, Settings, claim, load, save
from plumbing.pictures.codec import PictureError

# Batches of pictures that may wait before the network, and after it.
BATCHES_WAITING = 2
# Bytes of sources that may be in memory at once; a single one may take more.
SOURCE_BYTES = 64 << 20

Finished = Callable[[Outcome, "np.ndarray | None", "np.ndarray | None"], None]


class Deblurs(Protocol):
    """A network: frames in, frames out."""

    def deblur(self, frames: np.ndarray, batch_size: int) -> np.ndarray:
        """Deblur frames, uint8 (N, 90, 270), to the same shape and type."""


@dataclass
class _Item:
    """A picture between its loading and its account."""

    task: Task
    charge: int = 0  # bytes of its source, while it is in memory
    loading: Future[Loaded] | None = None
    loaded: Loaded | None = None
    saving: Future[Saved] | None = None
    milliseconds: float = 0.0  # in the network
    error: BaseException | None = None


class Pipeline:
    """Loads, deblurs and saves pictures, and accounts for each in the order they are given."""

    def __init__(
        self,
        network: Deblurs,
        settings: Settings,
        *,
        batch_size: int,
        jobs: int,
        stop: Callable[[], object] = lambda: False,
    ):
        """Make ready; `stop` is asked between steps, and true ends the loading of pictures."""
        self._network = network
        self._settings = settings
        self._batch_size = batch_size
        self._jobs = jobs
        self._stop = stop

    def run(self, tasks: Iterable[Task], finished: Finished) -> None:
        """Deblur each task's picture and write what is asked for.

        `finished` is called in this thread, once for each picture in the order of the tasks, with
        what became of it and, where `Settings.pictures` asks for them, the picture before and
        after. A failed picture does not stop the others. When `stop` says so, no more pictures are
        taken; what has been computed is still saved and accounted for.
        """
        self._tasks = iter(tasks)
        self._claimed: deque[tuple[_Item, Future[int]]] = deque()
        self._loading: deque[_Item] = deque()
        self._finishing: deque[_Item] = deque()
        self._in_memory = 0
        self._finished = finished
        waiting = BATCHES_WAITING * self._batch_size
        with ThreadPoolExecutor(self._jobs) as self._threads:
            try:
                while not self._stop():
                    batch = self._take_batch(waiting)
                    if self._stop():
                        break
                    self._compute([item for item in batch if item.loaded is not None])
                    self._finishing.extend(batch)
                    if not batch and not self._finishing:
                        break
                    # Without a batch, saving must end first: it holds the memory.
                    self._finish(leave=waiting if batch else len(self._finishing) - 1)
                self._finish(leave=0)
            finally:
                self._threads.shutdown(wait=False, cancel_futures=True)

    def _take_batch(self, waiting: int) -> list[_Item]:
        """Take pictures as they are loaded, in order; fewer where memory has to be freed first."""
        batch: list[_Item] = []
        while len(batch) < self._batch_size and not self._stop():
            self._load_ahead(waiting)
            if not self._loading:
                break
            item = self._loading.popleft()
            batch.append(item)
            if item.loading is None:  # its result stands already
                continue
            item.error = item.loading.exception()
            if item.error is None:
                item.loaded = item.loading.result()
            item.loading = None
            if item.loaded is None or not self._settings.large_results:
                self._release(item)
        return batch

    def _load_ahead(self, waiting: int) -> None:
        room = waiting - len(self._claimed) - len(self._loading)
        for task in islice(self._tasks, max(0, room)):
            claimed: Future[int] = Future()
            if task.stands:
                claimed.set_result(0)
            else:
                claimed = self._threads.submit(claim, task, self._settings)
            self._claimed.append((_Item(task), claimed))
        while self._claimed:
            item, claimed = self._claimed[0]
            if self._loading and not claimed.done():
                return
            item.charge = claimed.result()
            if self._in_memory and self._in_memory + item.charge > SOURCE_BYTES:
                return
            self._in_memory += item.charge
            if not item.task.stands:
                item.loading = self._threads.submit(load, item.task, self._settings)
            self._loading.append(item)
            self._claimed.popleft()

    def _compute(self, items: list[_Item]) -> None:
        if not items:
            return
        started = time.perf_counter()
        loaded = [item.loaded for item in items if item.loaded is not None]
        frames = np.stack([picture.frame for picture in loaded])
        deblurred = self._network.deblur(frames, self._batch_size)
        milliseconds = 1000 * (time.perf_counter() - started) / len(items)
        for index, item in enumerate(items):
            item.milliseconds = milliseconds
            item.saving = self._threads.submit(
                save, item.task, loaded[index], deblurred[index], self._settings
            )

    def _finish(self, leave: int) -> None:
        """Account for what is saved, in order, until only `leave` pictures wait for that."""
        while len(self._finishing) > leave:
            self._account(self._finishing.popleft())

    def _account(self, item: _Item) -> None:
        saved = None
        if item.saving is not None:
            item.error = item.saving.exception()
            saved = None if item.error else item.saving.result()
        self._release(item)
        loaded = item.loaded
        outcome = Outcome(
            source=item.task.source,
            output=item.task.destination if saved or item.task.stands else None,
            status="done" if saved else "skipped" if item.task.stands else "failed",
        )
        if item.error is not None:
            outcome = replace(outcome, reason=_reason(item.error), error=_number(item.error))
        elif item.task.stands:
            outcome = replace(outcome, reason="its result stands already")
        if loaded is not None:
            outcome = replace(outcome, width=loaded.width, height=loaded.height)
        if loaded is not None and saved is not None:
            outcome = replace(
                outcome,
                reason="repaired: its end was missing" if loaded.repaired else "",
                milliseconds=loaded.milliseconds + item.milliseconds + saved.milliseconds,
            )
        if saved is None:
            self._finished(outcome, None, None)
        else:
            self._finished(outcome, saved.before, saved.after)

    def _release(self, item: _Item) -> None:
        self._in_memory -= item.charge
        item.charge = 0


def _reason(error: BaseException) -> str:
    """Say why a picture failed; an error of another kind is our own, and raised."""
    if not isinstance(error, (PictureError, OSError, MemoryError)):
        raise error
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _number(error: BaseException) -> int | None:
    return error.errno if isinstance(error, OSError) else None
