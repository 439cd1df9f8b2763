"""How far and how fast a training is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 30
T = TypeVar("T")
PLAIN_LINE = "{desc}: {n}/{total} [{elapsed}<{remaining}]{postfix}\n"
PLAIN_LINE_WITHOUT_TOTAL = "{desc}: {n} [{elapsed}]{postfix}\n"


class Progress:
    """Counts batches and shows loss, pictures a second and the time left."""

    def __init__(
        self, first: int, total: int | None, what: str, batch_size: int, is_shown: bool = True
    ) -> None:
        """Start at batch `first` of `total`; None: how many there will be is not known."""
        is_terminal = sys.stderr.isatty()
        plain_line = PLAIN_LINE_WITHOUT_TOTAL if total is None else PLAIN_LINE
        self._batch_size = batch_size
        self._bar = tqdm(
            desc=what,
            initial=first,
            total=total,
            unit="batch",
            dynamic_ncols=True,
            mininterval=0.1 if is_terminal else SECONDS_BETWEEN_LINES,
            # In a file each state stands on a line of its own, without a drawn bar.
            bar_format=None if is_terminal else plain_line,
            disable=not is_shown,
        )

    def __enter__(self) -> Progress:
        """Return itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Leave the last state standing."""
        self._bar.close()

    def update(self, loss: float, **shown: Any) -> None:
        """Count a batch; `shown` are further figures by name."""
        if self._bar.disable:
            return
        state = self._bar.format_dict
        rate = (state["n"] + 1 - state["initial"]) / max(state["elapsed"], 1e-9)
        self._bar.set_postfix(
            {"loss": f"{loss:.4f}", "pictures/s": f"{rate * self._batch_size:.1f}", **shown},
            refresh=False,
        )
        self._bar.update()


class Throughput:
    """How fast a training is, and how long it waits for its data, in the stretch since the last."""

    def __init__(self, batch_size: int) -> None:
        """Begin the first stretch."""
        self._batch_size = batch_size
        self._begin()

    def timed(self, batches: Iterable[T]) -> Iterator[T]:
        """Yield the batches, measuring how long each is waited for."""
        iterator = iter(batches)
        while True:
            asked = time.perf_counter()
            try:
                batch = next(iterator)
            except StopIteration:
                return
            self._waited += time.perf_counter() - asked
            self._batches += 1
            yield batch

    def take(self) -> dict[str, float]:
        """Return the figures of the stretch that ends here, and begin the next one."""
        elapsed = max(time.perf_counter() - self._start, 1e-9)
        figures = {
            "pictures_per_second": self._batches * self._batch_size / elapsed,
            "seconds_waiting": self._waited,
        }
        self._begin()
        return figures

    def _begin(self) -> None:
        self._start = time.perf_counter()
        self._waited = 0.0
        self._batches = 0
