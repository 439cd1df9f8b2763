"""Deblurring: any number of pictures through a network, without TensorFlow.

Three stages run beside each other: threads load pictures, the network computes batches, and the
threads that load also save. What waits between the stages is bounded by count and, as there are
pictures of 150 megabytes, by bytes, so memory does not depend on the number of pictures.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from cnn_denoiser.deblurring.findings import Deblurs, infer
from cnn_denoiser.deblurring.item import Item
from cnn_denoiser.deblurring.outcomes import tell_outcome
from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.stages import (
    Loaded,
    Saved,
    Settings,
    UnwantedError,
    claim,
    load,
    save,
    warn,
)

# Batches of pictures that may wait before the network, and after it.
BATCHES_WAITING = 2
# Batches in the network: a core that has done its share of one begins with the other.
BATCHES_COMPUTED = 2
# Bytes of sources that may be in memory at once; a single one may take more.
SOURCE_BYTES = 64 << 20

Finished = Callable[[Outcome, "np.ndarray | None", "np.ndarray | None"], None]
Save = Callable[[Task, Loaded, np.ndarray, Settings], Saved]


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
        saving: Save | None = None,
    ):
        """Make ready.

        batch_size: pictures that go through the network at once.
        jobs:       threads that load and save.
        stop:       asked between steps; once true, no more pictures are loaded.
        saving:     what is done with a deblurred picture, in a thread; None: `save`.
        """
        self._network = network
        self._settings = settings
        self._batch_size = batch_size
        self._jobs = jobs
        self._stop = stop
        self._save = saving or save

    def run(self, tasks: Iterable[Task], finished: Finished) -> None:
        """Deblur each task's picture and write what is asked for.

        `finished` is called in this thread, once for each picture in the order of the tasks, with
        what became of it and, where `Settings.pictures` asks for them, the picture before and
        after. A failed picture does not stop the others. When `stop` says so, no more pictures are
        taken; what has been computed is still saved and accounted for.
        """
        with (
            ThreadPoolExecutor(self._jobs) as threads,
            ThreadPoolExecutor(BATCHES_COMPUTED) as computers,
        ):
            run = _Run(
                self._network, self._settings, self._batch_size, self._stop,
                threads, computers, iter(tasks), finished, self._save,
            )  # fmt: skip
            try:
                run.go()
            finally:
                for pool in (computers, threads):
                    pool.shutdown(wait=False, cancel_futures=True)


@dataclass
class _Run:
    """One run of a pipeline: the pictures on their way through it."""

    network: Deblurs
    settings: Settings
    batch_size: int
    stop: Callable[[], object]
    threads: ThreadPoolExecutor
    computers: ThreadPoolExecutor
    tasks: Iterator[Task]
    finished: Finished
    save: Save
    claimed: deque[tuple[Item, Future[int]]] = field(default_factory=deque)
    loading: deque[Item] = field(default_factory=deque)
    computing: deque[Future[None]] = field(default_factory=deque)
    finishing: deque[Item] = field(default_factory=deque)
    in_memory: int = 0  # bytes of sources
    last_computed: float = 0.0  # when a batch was, by time.perf_counter

    @property
    def waiting(self) -> int:
        """How many pictures may wait before the network, and after it."""
        return BATCHES_WAITING * self.batch_size

    def go(self) -> None:
        """Deblur batch after batch."""
        while not self.stop():
            batch = self._take_batch()
            if self.stop():
                break
            self._begin_to_compute([item for item in batch if item.loaded is not None])
            self.finishing.extend(batch)
            if not batch and not self.finishing:
                break
            # Without a batch, saving must end first: it holds the memory.
            self._finish(leave=self.waiting if batch else len(self.finishing) - 1)
        self._finish(leave=0)

    def _take_batch(self) -> list[Item]:
        """Take pictures as they are loaded, in order; fewer where memory has to be freed first."""
        batch: list[Item] = []
        while len(batch) < self.batch_size and not self.stop():
            self._load_ahead()
            if not self.loading:
                break
            item = self.loading.popleft()
            batch.append(item)
            if item.loading is None:  # its result exists already
                continue
            item.error = item.loading.exception()
            if item.error is None:
                item.loaded = item.loading.result()
            item.loading = None
            if item.loaded is None or not self.settings.large_results:
                self._release(item)
        return batch

    def _load_ahead(self) -> None:
        room = self.waiting - len(self.claimed) - len(self.loading)
        for task in islice(self.tasks, max(0, room)):
            claimed: Future[int] = Future()
            if task.exists:
                claimed.set_result(0)
            else:
                claimed = self.threads.submit(claim, task, self.settings)
            self.claimed.append((Item(task), claimed))
        while self.claimed:
            item, claimed = self.claimed[0]
            if self.loading and not claimed.done():
                return
            item.charge = claimed.result()
            if self.in_memory and self.in_memory + item.charge > SOURCE_BYTES:
                return
            self.in_memory += item.charge
            if not item.task.exists:
                item.loading = self.threads.submit(load, item.task, self.settings)
            self.loading.append(item)
            self.claimed.popleft()

    def _begin_to_compute(self, items: list[Item]) -> None:
        if not items:
            return
        while len(self.computing) >= BATCHES_COMPUTED:
            self.computing.popleft().result()
        computing = self.computers.submit(self._compute, items)
        self.computing.append(computing)
        for item in items:
            item.computing = computing

    def _compute(self, items: list[Item]) -> None:
        started = time.perf_counter()
        loaded = [item.loaded for item in items if item.loaded is not None]
        frames = np.stack([picture.frame for picture in loaded])
        findings = infer(self.network, frames, self.batch_size)
        # From when the batch before was done: until then the cores were not all for this one.
        ended = time.perf_counter()
        milliseconds = 1000 * (ended - max(started, self.last_computed)) / len(items)
        self.last_computed = ended
        for item, picture, finding in zip(items, loaded, findings, strict=True):
            item.milliseconds = milliseconds
            if self.settings.read:
                assert finding.reading is not None, "the network does not read"
                item.reading, item.as_it_is = finding.reading, finding.as_it_is
            try:
                warn(picture, finding.warning, self.settings)
            except UnwantedError as error:
                item.error = error
                continue
            item.saving = self.threads.submit(
                self.save, item.task, picture, finding.deblurred, self.settings
            )

    def _finish(self, leave: int) -> None:
        """Account for what is saved, in order, until only `leave` pictures wait for that."""
        while len(self.finishing) > leave:
            self._account(self.finishing.popleft())

    def _account(self, item: Item) -> None:
        saved = None
        if item.computing is not None:
            item.computing.result()
        if item.saving is not None:
            item.error = item.saving.exception()
            saved = None if item.error else item.saving.result()
        self._release(item)
        outcome = tell_outcome(
            item.task,
            item.loaded,
            saved,
            item.error,
            item.milliseconds,
            self.settings,
            item.reading,
            item.as_it_is,
        )
        if saved is None:
            self.finished(outcome, None, None)
        else:
            self.finished(outcome, saved.before, saved.after)

    def _release(self, item: Item) -> None:
        self.in_memory -= item.charge
        item.charge = 0
