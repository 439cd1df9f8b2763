"""How far a training is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 30
PLAIN_LINE = "{desc}: {n}/{total} [{elapsed}<{remaining}]{postfix}\n"


class Progress:
    """Counts batches and shows cost, pictures a second and the time left."""

    def __init__(self, first: int, total: int, what: str, batch_size: int) -> None:
        """Start at batch `first` of `total`."""
        is_terminal = sys.stderr.isatty()
        self._batch_size = batch_size
        self._bar = tqdm(
            desc=what,
            initial=first,
            total=total,
            unit="batch",
            dynamic_ncols=True,
            mininterval=0.1 if is_terminal else SECONDS_BETWEEN_LINES,
            # In a file each state stands on a line of its own, without a drawn bar.
            bar_format=None if is_terminal else PLAIN_LINE,
        )

    def __enter__(self) -> Progress:
        """Return itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Leave the last state standing."""
        self._bar.close()

    def update(self, cost: float, **shown: Any) -> None:
        """Count a batch; `shown` are further figures by name."""
        state = self._bar.format_dict
        rate = (state["n"] + 1 - state["initial"]) / max(state["elapsed"], 1e-9)
        self._bar.set_postfix(
            {"cost": f"{cost:.4f}", "pictures/s": f"{rate * self._batch_size:.1f}", **shown},
            refresh=False,
        )
        self._bar.update()
