"""What ends a training."""

from __future__ import annotations

from plumbing.commands.errors import CommandError


class TrainingError(CommandError):
    """The training cannot go on; the message is for people."""
