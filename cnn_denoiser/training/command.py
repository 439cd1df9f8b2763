"""The command `moussaka-train`, or `train.py`: train a network. Nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Sequence

from plumbing.commands.signals import StopSignals, quit_at_interrupt

_INSTALLATION = "pip install -r requirements.txt"


def main(arguments: Sequence[str] | None = None, prog: str = "moussaka-train") -> int:
    """Run the command and return its exit code.

    arguments: of the command line; None: those that the process was given.
    prog:      the name that its notices begin with.
    """
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        from cnn_denoiser.training.command_line import read_command_line

        request = read_command_line(prog, arguments)
        from cnn_denoiser.training.run import run

        return run(request, signals)

    return run_command(prog, work, _INSTALLATION)
