"""Deblurring: a folder of pictures through a network, without TensorFlow.

Three stages run beside each other: threads load pictures, ONNX Runtime computes batches, and the
same threads save the results. What waits between the stages is bounded, so memory does not depend
on the number of pictures.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from cnn_denoiser.deblurring.network import BATCH_SIZE, Network
from cnn_denoiser.deblurring.planning import Task
from cnn_denoiser.image_files import PictureError, read_picture, write_picture
from cnn_denoiser.image_processing import to_frame

# Pictures that may wait before and after the network.
WAITING = 2 * BATCH_SIZE
LOADING_AND_SAVING_THREADS = 4
NAMED_IN_SUMMARY = 5  # failed pictures; all of them are told on the way


Report = Callable[[Task, str | None], None]


@dataclass
class Summary:
    """What became of a list of tasks: `failures` holds the reason for each failed source."""

    total: int
    done: int = 0
    failures: dict[Path, str] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False

    def __str__(self) -> str:
        rate = self.done / self.seconds if self.seconds else 0.0
        text = f"{self.done} of {self.total} pictures deblurred in {self.seconds:.1f} s"
        text += f" ({rate:.1f} a second)"
        if self.failures:
            names = [source.name for source in islice(self.failures, NAMED_IN_SUMMARY)]
            more = len(self.failures) - len(names)
            text += f", {len(self.failures)} failed: {', '.join(names)}"
            text += f" and {more} more" if more else ""
        return f"interrupted: {text}" if self.interrupted else text


def deblur_pictures(
    tasks: Sequence[Task], network: Network, report: Report = lambda task, reason: None
) -> Summary:
    """Deblur each task's picture and write it as 270x90 grey in the format of its suffix.

    `report` is called once for each picture, with the reason where it failed, else None. A failed
    picture does not stop the others. On Ctrl-C, what is being saved is finished, and the summary
    says that it was interrupted; one picture may then be reported twice.
    """
    started = time.perf_counter()
    summary = Summary(len(tasks))
    remaining = iter(tasks)
    saved: list[Task] = []
    loading: deque[tuple[Task, Future[np.ndarray]]] = deque()
    saving: deque[tuple[Task, Future[None]]] = deque()

    def note(task: Task, error: BaseException | None) -> None:
        if error is None:
            report(task, None)
        elif isinstance(error, (PictureError, OSError, MemoryError)):
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            summary.failures[task.source] = reason
            report(task, reason)
        else:
            raise error

    def load_ahead() -> None:
        for task in islice(remaining, WAITING - len(loading)):
            loading.append((task, threads.submit(_load, task)))

    def save(task: Task, picture: np.ndarray) -> None:
        write_picture(task.destination, picture)
        # Counted here because Ctrl-C, which may come between any two steps, spares these threads.
        saved.append(task)

    def finish_saving(until: int) -> None:
        while len(saving) > until:
            task, future = saving[0]
            note(task, future.exception())
            # Not earlier: what Ctrl-C interrupts is noted again, and no failure goes missing.
            saving.popleft()

    with ThreadPoolExecutor(LOADING_AND_SAVING_THREADS) as threads:
        try:
            load_ahead()
            while loading:
                batch = [loading.popleft() for _ in range(min(BATCH_SIZE, len(loading)))]
                load_ahead()
                good = []
                for task, future in batch:
                    if error := future.exception():
                        note(task, error)
                    else:
                        good.append((task, future.result()))
                if good:
                    deblurred = network.deblur(np.stack([frame for _, frame in good]))
                    for (task, _), picture in zip(good, deblurred, strict=True):
                        saving.append((task, threads.submit(save, task, picture)))
                finish_saving(until=WAITING)
            finish_saving(until=0)
        except KeyboardInterrupt:
            summary.interrupted = True
            finish_saving(until=0)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
    summary.done = len(saved)
    summary.seconds = time.perf_counter() - started
    return summary


def _load(task: Task) -> np.ndarray:
    return to_frame(read_picture(task.source))
