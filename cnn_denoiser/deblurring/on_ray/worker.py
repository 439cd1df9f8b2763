"""What runs in each process of a cluster: the plain command's pipeline, on a share of the plan."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cnn_denoiser.deblurring.command import make_pipeline
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.deblurring.on_ray.attempts import KILLED
from cnn_denoiser.deblurring.on_ray.options import RayOptions
from cnn_denoiser.deblurring.plan import Task
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from plumbing.commands.errors import CommandError

_KILLED = "its process was killed twice: too little memory, or a fault in a decoder"


class Row(NamedTuple):
    """What became of a picture, and the picture before and after where a report shows them."""

    outcome: Outcome
    before: np.ndarray | None
    after: np.ndarray | None


class Worker:
    """Deblurs shares of the plan, on one core."""

    def __init__(self, options: RayOptions, attempts: Any):
        """Load the network.

        attempts: the handle of an actor `Attempts`.
        """
        import cv2

        cv2.setNumThreads(1)
        self._attempts = attempts
        self._error: CommandError | None = None
        try:
            network = load_network(options.model, options.checkpoint, options.precision, threads=1)
        except CommandError as error:
            self._error = error  # raised where the command runs, so that it is told as always
            return
        self._pipeline = make_pipeline(network, options, lambda: False)

    def __call__(self, share: dict[str, np.ndarray]) -> dict[str, Any]:
        """Deblur a share: `number`, (1,) int64, and `tasks`, (1,) bytes, pickled.

        Returns its `rows`, bytes, and `error`, bytes or None, both pickled.
        """
        number, tasks = int(share["number"][0]), pickle.loads(share["tasks"][0])
        rows: list[Row] = []
        error = self._error
        if error is None:
            try:
                rows = self._deblur(number, tasks)
            except CommandError as raised:
                error = raised
        return {"rows": [pickle.dumps(rows)], "error": [pickle.dumps(error)]}

    def _deblur(self, number: int, tasks: Sequence[Task]) -> list[Row]:
        known = self._ask("begin", number)
        rows = self._run(tasks) if known is None else self._run_singly(number, tasks, known)
        self._ask("end", number)
        return rows

    def _run_singly(self, number: int, tasks: Sequence[Task], known: dict[int, bytes]) -> list[Row]:
        rows = []
        for index, task in enumerate(tasks):
            if index not in known:
                self._ask("try_singly", number, index)
                (row,) = self._run([task])
                self._ask("tried", number, index, pickle.dumps(row))
            elif known[index] == KILLED:
                row = Row(Outcome(task.source, None, "failed", _KILLED), None, None)
            else:
                row = pickle.loads(known[index])
            rows.append(row)
        return rows

    def _run(self, tasks: Sequence[Task]) -> list[Row]:
        rows: list[Row] = []
        self._pipeline.run(tasks, lambda *row: rows.append(Row(*row)))
        return rows

    def _ask(self, method: str, *arguments: object) -> Any:
        import ray

        return ray.get(getattr(self._attempts, method).remote(*arguments))
