"""A watchdog: ends a process that waits for too long."""

from __future__ import annotations

import faulthandler
import subprocess
import sys

# Reads to the end, and fails with the message where there was anything to read.
MESSENGER = "import sys; sys.exit(sys.argv[1] if sys.stdin.buffer.read() else 0)"


class Watchdog:
    """Ends the process, with code 1 and a message on stderr, where a `with` block takes too long.

    Also where the block is a call that no signal interrupts, and that lets no other thread of
    Python run, as some of TensorFlow's: `faulthandler` needs neither. What it writes is not for
    people, so it goes to a process that says the message instead. Not to be nested.
    """

    def __init__(self, seconds: float, message: str) -> None:
        self._seconds = seconds
        # A session of its own: Ctrl-C is for this process. It ends when this one does.
        self._messenger = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", MESSENGER, message],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def __enter__(self) -> None:
        assert self._messenger.stdin is not None
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._messenger.stdin)

    def __exit__(self, *_: object) -> None:
        faulthandler.cancel_dump_traceback_later()
