"""The command `moussaka-plates`, or `python3 -m plates`: draw synthetic plates into a folder."""

from __future__ import annotations

from collections.abc import Sequence

from plumbing.commands.signals import StopSignals, quit_at_interrupt

_INSTALLATION = "pip install -r requirements.txt"


def main(arguments: Sequence[str] | None = None, prog: str = "moussaka-plates") -> int:
    """Run the command and return its exit code.

    arguments: of the command line; None: those that the process was given.
    prog:      the name that its notices begin with.
    """
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        # Imported here, where Ctrl-C is obeyed and missing packages are told.
        from plates.folder import prepare, write_plates
        from plates.options import parse_options
        from plumbing.commands.errors import ExitCode
        from plumbing.commands.notices import printable
        from plumbing.labels import LABELS

        options = parse_options(prog, arguments)
        import PIL  # noqa: F401 (it draws the characters: told before a folder is made)

        signals.check()
        prepare(options.destination)
        written = write_plates(options, lambda: signals.received is not None)
        left_out = "" if written == options.count else f" of {options.count}"
        destination = printable(options.destination)
        print(f"{written}{left_out} plates and {LABELS} written to {destination}")
        return ExitCode.OK

    return run_command(prog, work, _INSTALLATION)
