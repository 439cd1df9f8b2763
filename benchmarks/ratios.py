"""What the benchmarks of whole commands share: timing by turns, and the table of ratios."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

MATRIX_SIDE = 4096  # 64 MB each, more than caches hold
MEGABYTE = 1 << 20
HEADER = f"{'':<28}{'measured':>18}  {'against':<42}{'ratio':>6}  aim"


class Row(NamedTuple):
    """A line of the table: two figures and what the first is of the second."""

    name: str
    figure: str
    against: str
    ratio: float
    aim: str

    def __str__(self) -> str:
        figures = f"{self.figure:>18}  {self.against:<42}{self.ratio:>6.2f}"
        return f"  {self.name:<26}{figures}  {self.aim}"


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def fastest(runs: int, *works: Callable[[], float]) -> list[float]:
    """Run works by turns; return the least of the seconds that each of them says it took."""
    times = [[work() for work in works] for _ in range(runs)]
    return [min(column) for column in zip(*times, strict=True)]
