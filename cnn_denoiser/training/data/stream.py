"""Batches, made ahead by worker processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack

import cv2
import numpy as np

from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.data.bank import PlateBank
from cnn_denoiser.training.data.pairs import TrainingPairs

BATCHES_AHEAD = 16  # a call of the device takes several at once
BANK_BYTES = 1 << 29  # in all processes together

Part = tuple[list[int], Batch | None]


def stream_batches(pairs: TrainingPairs, start: int, stop: int, workers: int) -> Iterator[Batch]:
    """Yield the batches `start` to `stop - 1` in order, made ahead by worker processes.

    Each process makes a part of every batch: that of the plates that it owns.
    """
    # Spawned, not forked: a process that holds TensorFlow's threads must not be forked.
    context = multiprocessing.get_context("spawn")
    executors = [
        ProcessPoolExecutor(1, context, _start_worker, (pairs, owner, workers))
        for owner in range(workers)
    ]
    # Parts are put together in a thread, while the device computes.
    assembler = ThreadPoolExecutor(1)
    ahead: deque[Future[Batch]] = deque()
    with ExitStack() as stack:
        stack.callback(assembler.shutdown, cancel_futures=True)
        for executor in executors:
            # What is being made is waited for: an executor left alone may stumble at the exit.
            stack.callback(executor.shutdown, cancel_futures=True)
        for number in range(start, stop):
            parts = [executor.submit(_make_part, number) for executor in executors]
            ahead.append(assembler.submit(_put_together, parts))
            if len(ahead) > BATCHES_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _put_together(futures: list[Future[Part]]) -> Batch:
    """Return the batch that all parts make up."""
    parts = [part for part in (future.result() for future in futures) if part[1] is not None]
    if len(parts) == 1 and parts[0][1]:
        return parts[0][1]
    size = sum(len(places) for places, _ in parts)
    whole = Batch(*(np.empty((size, *a.shape[1:]), a.dtype) for a in parts[0][1] or ()))
    for places, part in parts:
        for array, own in zip(whole, part or (), strict=True):
            array[places] = own
    return whole


_bank: PlateBank


def _start_worker(pairs: TrainingPairs, owner: int, owners: int) -> None:
    """Prepare a worker process: its plates, one thread, and Ctrl-C left to the main process."""
    global _bank
    _bank = PlateBank(pairs, owner, owners, BANK_BYTES // owners)
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the main one has ended; a killed one could not see to that."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _make_part(number: int) -> Part:
    return _bank.part(number)
