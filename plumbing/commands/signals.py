"""Ctrl-C and SIGTERM, noted and obeyed where stopping is safe."""

from __future__ import annotations

import os
import signal
from types import FrameType


def quit_at_interrupt() -> None:
    """Have Ctrl-C end the process at once with 130 and without a traceback.

    For commands, from their first moment to their last: what is imported before `StopSignals` takes
    over, and after it what Python does at its end. Where Ctrl-C is ignored, it stays so.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(128 + number))


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

    def take_back(self) -> None:
        """Take the signals over again, from a library that has set handlers of its own."""
        if self.received is None:
            for number in self._SIGNALS:
                signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.received = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in zip(self._SIGNALS, self._earlier, strict=True):
            signal.signal(number, handler)
