"""Standard streams that may be closed, full, or gone, and hold names in any encoding."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO


def protect_streams() -> None:
    """Have stdout and stderr never fail: what cannot be written there is lost, the work goes on.

    Where one is closed (`>&-`, services, `pythonw`), its place is taken, so that no file of ours
    gets its number. Characters that its encoding lacks are written with backslashes.
    """
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
            mode = "r" if number == 0 else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            setattr(sys, name, _Unfailing(stream))


@contextlib.contextmanager
def without_native_notices() -> Iterator[None]:
    """While entered, have stderr for Python alone: what native code writes there is lost.

    For libraries that write there by themselves, whatever they are asked.
    """
    stream = sys.stderr
    stream.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    replaced = open(kept, "w", buffering=1, encoding=stream.encoding, errors="backslashreplace")
    setattr(sys, "stderr", _Unfailing(replaced))  # noqa: B010
    try:
        yield
    finally:
        os.dup2(kept, 2)
        sys.stderr = stream
        with contextlib.suppress(OSError):
            replaced.close()


class _Unfailing:
    """A text stream whose writes may be lost, but do not raise.

    Once one has failed, nothing more is tried: a reader that went away stays away.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.has_failed = False

    def write(self, text: str) -> int:
        """Write a text."""
        if not self.has_failed:
            try:
                return self._stream.write(text)
            except OSError:
                self._give_up()
        return len(text)

    def flush(self) -> None:
        """Have everything written."""
        if not self.has_failed:
            try:
                self._stream.flush()
            except OSError:
                self._give_up()

    def _give_up(self) -> None:
        """Send the rest nowhere, also what Python flushes when it ends."""
        self.has_failed = True
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
