"""Exit codes, a documented interface, and the errors that carry them."""

from __future__ import annotations

import os
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command of the project returns to the shell; the same for all of them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_TO_DO = 3
    MODEL = 4
    INTERRUPTED = 130  # 128 plus the number of SIGINT, as shells report it
    TERMINATED = 143  # 128 plus the number of SIGTERM


class CommandError(Exception):
    """A command cannot go on; the message is for people: what is wrong, with what, what to do."""

    exit_code = ExitCode.FAILED


class UsageError(CommandError):
    """The options, or what they name, cannot be worked with; nothing has been done."""

    exit_code = ExitCode.USAGE


class NothingToDoError(CommandError):
    """There is nothing that the command could work on."""

    exit_code = ExitCode.NOTHING_TO_DO


def file_and_reason(error: OSError) -> str:
    """Say what the operating system refused: "FILE: reason", or the reason where it names none."""
    reason = error.strerror or str(error)
    return reason if error.filename is None else f"{os.fsdecode(error.filename)}: {reason}"
