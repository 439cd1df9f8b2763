"""Batches, made ahead by worker processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import cv2

from blurrer import Pair
from cnn_denoiser.training.data.pairs import TrainingPairs

BATCHES_AHEAD_PER_WORKER = 2


def stream_batches(pairs: TrainingPairs, start: int, stop: int, workers: int) -> Iterator[Pair]:
    """Yield the batches `start` to `stop - 1` in order, made ahead by worker processes."""
    # Spawned, not forked: a process that holds TensorFlow's threads must not be forked.
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(pairs,),
    ) as executor:
        ahead: deque[Future[Pair]] = deque()
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


def _make_batch(number: int) -> Pair:
    return _worker_pairs.batch(number)
