"""The pipeline of a cluster: shares of the plan through Ray Data's actors, in the plan's order.

Retries are Ray's: what a killed worker had begun is begun again in another process. It cannot be
written twice: every result has its one name, the same bytes, and appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import math
import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from cnn_denoiser.deblurring.command import settings_of
from cnn_denoiser.deblurring.on_ray.cluster import cluster
from cnn_denoiser.deblurring.on_ray.options import RayOptions
from cnn_denoiser.deblurring.outcomes import tell_outcome
from plumbing.commands.errors import CommandError, UsageError

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.on_ray.worker import Row
    from cnn_denoiser.deblurring.pipeline import Finished
    from cnn_denoiser.deblurring.plan import Plan

# A share has so many batches, that Ray's part of the time is small; or fewer, so that each worker
# gets so many shares, and all end at nearly the same time.
BATCHES = 8
SHARES = 8


class RayPipeline:
    """Has a cluster load, deblur and save pictures, and accounts for each in the plan's order."""

    def __init__(
        self,
        options: RayOptions,
        stop: Callable[[], object],
        connected: Callable[[], None] = lambda: None,
    ):
        """Make ready.

        stop:      asked between shares; once true, the rest is given up.
        connected: called once Ray is set up, which takes signals over.
        """
        self._options = options
        self._stop = stop
        self._connected = connected

    def run(self, tasks: Plan, finished: Finished) -> None:
        """Deblur each task's picture and write what is asked for, as `Pipeline.run` does.

        What has been computed but not been told of when `stop` says so may be written all the same.
        Raises CommandError where the cluster fails, UsageError where there is none.
        """
        count = len(tasks) - len(tasks.existing)
        settings = settings_of(self._options)
        rows: deque[Row] = deque()
        with self._shares(tasks, count) as shares:
            for task in tasks:
                if task.exists:
                    finished(tell_outcome(task, None, None, None, 0.0, settings), None, None)
                    continue
                if not rows:
                    if self._stop():
                        return
                    rows.extend(next(shares))
                finished(*rows.popleft())

    @contextlib.contextmanager
    def _shares(self, plan: Plan, count: int) -> Iterator[Iterator[list[Row]]]:
        """Give the rows of each share as they are computed; a cluster is there meanwhile."""
        if count == 0:
            yield iter(())
            return
        with cluster(self._options.address, self._options.workers) as cores:
            self._connected()
            workers = min(self._options.workers or cores, count)
            if cores < 1:
                raise UsageError(f"the cluster at {self._options.address} has no cores to give")
            size = min(BATCHES * self._options.batch_size, math.ceil(count / (SHARES * workers)))
            with contextlib.closing(
                self._compute(plan, size, min(workers, cores), workers)
            ) as computed:
                yield computed

    def _compute(
        self, plan: Plan, size: int, least: int, most: int
    ) -> Generator[list[Row], None, None]:
        import ray
        from ray.exceptions import RayError

        from cnn_denoiser.deblurring.on_ray.attempts import Attempts
        from cnn_denoiser.deblurring.on_ray.worker import Worker

        attempts = ray.remote(num_cpus=0)(Attempts).remote()
        computed = ray.data.from_arrow(list(_manifest(plan, size))).map_batches(
            Worker,
            batch_size=None,  # a share
            compute=ray.data.ActorPoolStrategy(min_size=least, max_size=most),
            num_cpus=1,
            fn_constructor_args=(self._options, attempts),
        )
        try:
            for share in computed.iter_batches(
                batch_size=None, batch_format="pyarrow", prefetch_batches=0
            ):
                for rows, error in zip(share["rows"], share["error"], strict=True):
                    if (raised := pickle.loads(error.as_py())) is not None:
                        raise raised
                    yield pickle.loads(rows.as_py())
        except RayError as error:
            if isinstance(error.__cause__, Exception) and not isinstance(error.__cause__, RayError):
                raise  # a bug
            reason = str(error).strip().partition("\n")[0]
            raise CommandError(f"the cluster failed: {reason}") from error


def _manifest(plan: Plan, size: int) -> Iterator[Any]:
    """Divide what there is to do into shares, a table of one row each."""
    import pyarrow

    tasks = (task for task in plan if not task.exists)
    number = 0
    while share := list(islice(tasks, size)):
        yield pyarrow.table({"number": [number], "tasks": [pickle.dumps(share)]})
        number += 1
