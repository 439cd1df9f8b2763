"""Deblurring: a folder of pictures through a network, without TensorFlow.

Three stages run beside each other: threads load pictures, ONNX Runtime computes batches, and the
same threads save the results. What waits between the stages is bounded, so memory does not depend
on the number of pictures.
"""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import onnxruntime

from cnn_denoiser.checkpoints import (
    ONNX,
    CheckpointError,
    find_model_folder,
    read_description,
    shipped_model_folder,
)
from cnn_denoiser.image_files import (
    SUFFIXES,
    PictureError,
    find_pictures,
    read_picture,
    write_picture,
)
from cnn_denoiser.image_processing import HEIGHT, WIDTH, from_network, to_frame, to_network

DEFAULT_MODEL = "unet"
# Measured with moussaka: batches of 1 to 32 are equally fast (within noise), each picture of a
# batch takes 12 MB, and a last batch that is smaller than the others costs nothing.
BATCH_SIZE = 8
# Pictures that may wait before and after the network.
WAITING = 2 * BATCH_SIZE
LOADING_AND_SAVING_THREADS = 4
NAMED_IN_SUMMARY = 5  # failed pictures; all of them are told on the way


class UsageError(Exception):
    """SRC and DST cannot be worked with; the message is for people."""


@dataclass(frozen=True)
class Task:
    """One picture to deblur: where it is and where its result goes."""

    source: Path
    destination: Path


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


class Network:
    """A trained network, ready to deblur."""

    def __init__(self, onnx_path: Path):
        """Load an ONNX file; raises CheckpointError where it is damaged or no such network."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # its complaints come as exceptions, too
        try:
            self._session = onnxruntime.InferenceSession(
                onnx_path, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's exceptions have no other base
            raise CheckpointError(f"{onnx_path} cannot be loaded: {error}") from error
        (given,) = self._session.get_inputs()
        if given.shape[1:] != [HEIGHT, WIDTH, 1] or isinstance(given.shape[0], int):
            raise CheckpointError(
                f"{onnx_path} does not take pictures of 270x90 in batches; its input: {given.shape}"
            )
        self._input = given.name
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.weights_sha256: str | None = metadata.get("weights_sha256")

    def deblur(self, frames: np.ndarray) -> np.ndarray:
        """Deblur frames, uint8 (N, 90, 270) for any N, to the same shape and type."""
        if len(frames) == 0:
            return frames
        batches = [frames[at : at + BATCH_SIZE] for at in range(0, len(frames), BATCH_SIZE)]
        return np.concatenate([from_network(self._run(to_network(batch))) for batch in batches])

    def _run(self, array: np.ndarray) -> np.ndarray:
        (result,) = self._session.run(None, {self._input: array})
        return result


def load_network(model: str | None = None, checkpoint: Path | None = None) -> Network:
    """Load a shipped network by name or, from a run or model folder, one's own.

    The ONNX file is made from the saved weights where it is missing or not of these weights; that
    needs TensorFlow and is told on stderr. Raises CheckpointError.
    """
    if checkpoint is None:
        return _load_model_folder(shipped_model_folder(model or DEFAULT_MODEL))
    folder = find_model_folder(checkpoint)
    try:
        return _load_model_folder(folder)
    except CheckpointError:
        # A training that goes on removes its older checkpoints, perhaps this one meanwhile.
        newest = find_model_folder(checkpoint)
        if newest == folder:
            raise
        return _load_model_folder(newest)


def _load_model_folder(folder: Path) -> Network:
    path = folder / ONNX
    network = _fresh_network(folder, path)
    if network is None:
        from cnn_denoiser.export import export_in_another_process

        print(f"Making {path} from the saved weights (once, with TensorFlow) ...", file=sys.stderr)
        export_in_another_process(folder, path)
        network = Network(path)
    return network


def _fresh_network(folder: Path, path: Path) -> Network | None:
    """Load the ONNX file if it is whole and made of the folder's weights."""
    if not path.is_file():
        return None
    try:
        network = Network(path)
    except CheckpointError:
        return None
    fresh = network.weights_sha256 == read_description(folder)["weights_sha256"]
    return network if fresh else None


def plan(source: Path, destination: Path) -> list[Task]:
    """List the pictures of one folder with their places in the other, which is made if missing.

    Raises UsageError where there is nothing to read, nowhere to write, or both are one folder.
    """
    try:
        if not source.is_dir():
            wrong = "is not a folder" if source.exists() else "does not exist"
            raise UsageError(f"{source} {wrong}")
        if destination.exists() and source.samefile(destination):
            raise UsageError(f"{source} and {destination} are the same folder; DST must be another")
        pictures = find_pictures(source)
        if not pictures:
            suffixes = " ".join(sorted(SUFFIXES))
            raise UsageError(f"no pictures in {source} (files ending in {suffixes})")
        destination.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    if not os.access(destination, os.W_OK):
        raise UsageError(f"{destination} cannot be written to")
    return [Task(picture, destination / picture.name) for picture in pictures]


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
