"""Which one of the processes that train together this process is; loads no TensorFlow."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

TASKS = ("chief", "worker")  # in the order that TensorFlow counts them


class WorkerLostError(Exception):
    """Another worker no longer takes part; the message is for people."""


@dataclass(frozen=True)
class Worker:
    """One of `count` processes; the first one, the chief, alone writes files and tells of it."""

    index: int = 0
    count: int = 1

    @property
    def is_chief(self) -> bool:
        """Say whether this process writes checkpoints, the log and the progress."""
        return self.index == 0


def read_tf_config() -> Worker:
    """Return what the environment variable TF_CONFIG says of this process.

    Its form is TensorFlow's:
    `{"cluster": {"worker": ["host:port", ...]}, "task": {"type": "worker", "index": 0}}`, where a
    cluster may have a `chief` of its own. Raises `ValueError` where it is missing or malformed.
    """
    text = os.environ.get("TF_CONFIG", "")
    try:
        config = json.loads(text)
        members = [
            (task, index) for task in TASKS for index in range(len(config["cluster"].get(task, [])))
        ]
        own = (config["task"]["type"], int(config["task"]["index"]))
        return Worker(members.index(own), len(members))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            "the environment variable TF_CONFIG must name the machines and this one's place, as in "
            '{"cluster": {"worker": ["first:2222", "second:2222"]}, "task": {"type": "worker", '
            f'"index": 0}}}}. Received: {text or "nothing"}'
        ) from error
