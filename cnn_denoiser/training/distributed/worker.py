"""The processes that train together: which one this is, and how they meet; without TensorFlow."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from dataclasses import dataclass

from plumbing.commands.errors import CommandError

TASKS = ("chief", "worker")  # in the order that TensorFlow counts them
SECONDS_BETWEEN_TRIES = 0.5
LONGEST_CONFIG = 1 << 20
LARGEST_PORT = 65535


class WorkerLostError(CommandError):
    """Another worker no longer takes part; the message is for people."""


@dataclass(frozen=True)
class Worker:
    """One of `count` processes; the first one, the chief, alone writes files and tells of it.

    meeting_place: "host:port" of the chief; empty where it is alone.
    """

    index: int = 0
    count: int = 1
    meeting_place: str = ""

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
        config = json.loads(text[:LONGEST_CONFIG])
        cluster = config["cluster"]
        members = {
            (task, index): str(address)
            for task in TASKS
            for index, address in enumerate(cluster.get(task, []))
        }
        for address in members.values():
            host_and_port = re.fullmatch(r".+:([0-9]{1,5})", address)
            if not host_and_port or not 0 < int(host_and_port[1]) <= LARGEST_PORT:
                raise ValueError(f"not host:port: {address}")
        if len(set(members.values())) < len(members):
            raise ValueError("two machines have the same address")
        own = (config["task"]["type"], int(config["task"]["index"]))
        return Worker([*members].index(own), len(members), next(iter(members.values())))
    except (
        ValueError,
        ArithmeticError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ValueError(
            "the environment variable TF_CONFIG must name the machines and this one's place, as in "
            '{"cluster": {"worker": ["first:2222", "second:2222"]}, "task": {"type": "worker", '
            f'"index": 0}}}}. Received: {text[:200] or "nothing"}'
        ) from error


def meet(worker: Worker, patience: float) -> None:
    """Wait until all workers are there, at most `patience` seconds; else raise `WorkerLostError`.

    TensorFlow would wait for ever, and obey no signal meanwhile.
    """
    if worker.count == 1:
        return
    host, _, port = worker.meeting_place.rpartition(":")
    end = time.monotonic() + patience
    try:
        if worker.is_chief:
            _wait_for_others(worker.count - 1, int(port), end)
        else:
            _report_to_chief(host, int(port), end)
    except (OSError, ValueError) as error:
        whom = "the others" if worker.is_chief else "the chief"
        raise WorkerLostError(
            f"worker {worker.index} of {worker.count} has not met {whom} at "
            f"{worker.meeting_place} (waiting for {patience:g} seconds at most): {error}"
        ) from error


def _wait_for_others(count: int, port: int, end: float) -> None:
    connections: list[socket.socket] = []
    try:
        with socket.create_server(("", port), backlog=count) as server:
            while len(connections) < count:
                server.settimeout(max(end - time.monotonic(), 0.001))
                connections.append(server.accept()[0])
    finally:
        # The others are let go once all are there, and the port is free for TensorFlow.
        for connection in connections:
            connection.close()


def _report_to_chief(host: str, port: int, end: float) -> None:
    while True:
        left = max(end - time.monotonic(), 0.001)
        try:
            with socket.create_connection((host, port), timeout=left) as connection:
                connection.settimeout(left)
                connection.recv(1)
            return
        except (ConnectionError, socket.gaierror):
            if time.monotonic() > end:
                raise
            time.sleep(SECONDS_BETWEEN_TRIES)
