"""The command `moussaka-blur`, or `python3 -m blurrer`: blur a folder of sharp pictures."""

from __future__ import annotations

from collections.abc import Sequence

from plumbing.commands.signals import StopSignals, quit_at_interrupt

_INSTALLATION = "pip install -r requirements.txt"


def main(arguments: Sequence[str] | None = None, prog: str = "moussaka-blur") -> int:
    """Run the command and return its exit code.

    arguments: of the command line; None: those that the process was given.
    prog:      the name that its notices begin with.
    """
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        # Imported here, where Ctrl-C is obeyed and missing packages are told.
        from blurrer.folder import BlurredFolder
        from blurrer.options import parse_options
        from plumbing.commands.errors import ExitCode

        options = parse_options(prog, arguments)
        folder = BlurredFolder(options)
        signals.check()
        folder.write(lambda: signals.received is not None)
        total, failed = len(folder.pictures), folder.failed
        notes = [f"{failed} failed"] if failed else []
        notes += [f"{total - failed - folder.blurred} left"] if signals.received else []
        print(", ".join([f"{folder.blurred} pictures blurred ({options.profile})", *notes]))
        return ExitCode.FAILED if failed else ExitCode.OK

    return run_command(prog, work, _INSTALLATION)
