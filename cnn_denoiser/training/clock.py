"""The clock of a run with a time limit: how much of its time is over."""

from __future__ import annotations

from time import monotonic

ELAPSED = "clock/elapsed"  # the name of its variable in the state of a training


class Clock:
    """Measures how long a run has trained, the stretches before it went on included.

    elapsed: a variable, the seconds up to the last batch; 0 where there is no limit.
    """

    def __init__(self, limit: float) -> None:
        """Take the seconds that the run has in all; 0: no limit."""
        import keras

        self.elapsed = keras.Variable(0.0, trainable=False, dtype="float32", name="elapsed")
        self._limit = limit
        self._zero: float | None = None  # when the run would have begun, had it never stopped
        self._first: float | None = None  # seconds up to the first batch of this stretch
        self._before = 0.0  # the share that was over when this stretch began

    def start(self) -> None:
        """Begin a stretch of the run, before its first batch."""
        self._before, self._first = self._share_of_limit(), None
        self._zero = monotonic() - self._seconds()

    def tick(self) -> None:
        """Note that batches were learned from."""
        if not self._limit or self._zero is None:
            return
        self.elapsed.assign(monotonic() - self._zero)
        if self._first is None:
            self._first = self._seconds()

    @property
    def share(self) -> float:
        """How much of the time is over, 0 to 1; 0 where there is no limit.

        What passes before the first batch of a stretch is learned from, while the step is compiled,
        moves it on no further: the rest is spread over the time that is left.
        """
        if self._first is None:
            return self._share_of_limit()
        passed = self._seconds() - self._first
        left = max(1e-9, self._limit - self._first)
        return min(1.0, self._before + (1 - self._before) * passed / left)

    def _share_of_limit(self) -> float:
        return min(1.0, self._seconds() / self._limit) if self._limit else 0.0

    def _seconds(self) -> float:
        return float(self.elapsed.numpy())
