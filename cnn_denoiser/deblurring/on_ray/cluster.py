"""Joining a Ray cluster, or starting one on this machine."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
import warnings
from collections.abc import Iterator

from plumbing.commands.errors import CommandError, UsageError

# Only names, outcomes and thumbnails for reports travel through it.
OBJECT_STORE_BYTES = 256 << 20
PATIENCE_SECONDS = 1  # with threads that are to end; others wait for ever, and do nothing

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def cluster(address: str | None, workers: int | None) -> Iterator[int]:
    """While entered, be connected to a cluster; gives the number of its cores.

    address: None: one of `workers` cores, or as many as there are, is started, and ended.

    Raises UsageError where there is no cluster at the address, CommandError where none starts.
    """
    import_ray()
    import ray

    if address is None:
        _start(workers)
    else:
        _join(address)
    before = set(threading.enumerate())
    try:
        yield int(ray.cluster_resources().get("CPU", 0))
    finally:
        # A thread of Ray Data that asks for something once Ray is shut down ends the process.
        patience = time.monotonic() + PATIENCE_SECONDS
        for thread in set(threading.enumerate()) - before:
            thread.join(max(0, patience - time.monotonic()))
        ray.shutdown()


def import_ray() -> None:
    """Import Ray so that it is quiet: what is to be told, the command tells."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")  # lines that it would print
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    import ray.data

    warnings.filterwarnings("ignore", module=r"ray\.")
    for name in ("ray", "ray.data"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    # Reports have the order of the plan.
    context.execution_options.preserve_order = True


def _join(address: str) -> None:
    import ray

    try:
        if address != "auto":
            # Ray itself tries for minutes, in which no signal ends it.
            host, _, port = address.rpartition(":")
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(
            f"--address {address}: no Ray cluster answers there (HOST:PORT, or auto): {reason}"
        ) from error


def _start(workers: int | None) -> None:
    import ray

    for attempt in range(2):  # on a busy machine its own time limits may run out
        try:
            ray.init(
                address="local",
                num_cpus=workers,
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                logging_level=logging.ERROR,
                log_to_driver=False,
            )
            return
        except Exception as error:
            ray.shutdown()
            if attempt:
                reason = str(error).partition("\n")[0]
                raise CommandError(f"no Ray cluster can be started: {reason}") from error
            _log.info("Ray has not started; trying once more")
