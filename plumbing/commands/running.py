"""Running a command: its errors become a line on stderr and an exit code, and nothing else does."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from plumbing.commands.errors import CommandError, ExitCode, UsageError, file_and_reason
from plumbing.commands.notices import set_up_notices
from plumbing.commands.signals import StopSignals
from plumbing.commands.streams import protect_streams

_log = logging.getLogger(__name__)


def run_command(prog: str, work: Callable[[StopSignals], int], installation: str) -> int:
    """Run the work of a command and return its exit code.

    prog:         the command's name, which its notices begin with.
    work:         is given the signals that have come; returns an exit code. A `KeyboardInterrupt`
                  that it raises is told as an interruption.
    installation: what to run where a package is missing.
    """
    with StopSignals() as signals:
        protect_streams()
        set_up_notices(prog)
        try:
            exit_code = work(signals)
        except CommandError as error:
            _log.error("%s", error)
            exit_code = error.exit_code
        except KeyboardInterrupt:
            _log.info("interrupted")
            exit_code = signals.exit_code or ExitCode.INTERRUPTED
        except OSError as error:  # of a file that nobody asked first whether it can be used
            _log.error("%s", file_and_reason(error))
            exit_code = ExitCode.FAILED
        except ModuleNotFoundError as error:
            if _is_ours(error.name):
                raise
            _log.error("%s is not installed; run: %s", error.name, installation)
            exit_code = UsageError.exit_code
        if signals.received is not None:  # also where it came too late to stop anything
            exit_code = signals.exit_code
    sys.stdout.flush()
    sys.stderr.flush()
    return int(exit_code)


def _is_ours(module: str | None) -> bool:
    own = ("plumbing", "blurrer", "plates", "cnn_denoiser")
    return module is None or module.partition(".")[0] in own
