"""Ctrl-C and SIGTERM, noted and obeyed where stopping is safe."""

from __future__ import annotations

import signal
from types import FrameType


class StopSignals:
    """While entered, notes SIGINT and SIGTERM instead of letting them end the process at once.

    Whoever works asks `received` between two steps, and stops in a state that is whole. A second
    signal ends the process as it always did.
    """

    _SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.received: int | None = None

    def __enter__(self) -> StopSignals:
        """Take the signals over."""
        self._earlier = [signal.signal(number, self._note) for number in self._SIGNALS]
        return self

    def __exit__(self, *exception: object) -> None:
        """Give the signals back."""
        self._restore()

    @property
    def exit_code(self) -> int:
        """What a shell reports for a process that the signal ended; 0 where none came."""
        return 0 if self.received is None else 128 + self.received

    def check(self) -> None:
        """Raise `KeyboardInterrupt` where a signal came: for work that leaves nothing half done."""
        if self.received is not None:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.received = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in zip(self._SIGNALS, self._earlier, strict=True):
            signal.signal(number, handler)
