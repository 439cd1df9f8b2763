"""Join the reports of the shards of a run: `python3 -m cnn_denoiser.join_reports REPORT... ALL`.

Each is what `deblur_images.py SRC DST --shard K/N --report FILE.json` has written.

Exit codes: 0 done; 1 it cannot be written; 2 wrong usage, reports of different runs, or some
missing; 130 interrupted by Ctrl-C, 143 by SIGTERM.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root; Ctrl-C during the imports ends with 130.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from plumbing.commands.signals import quit_at_interrupt

    quit_at_interrupt()

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_denoiser.deblurring.reporting.joining import join_reports
from plumbing.commands.errors import ExitCode
from plumbing.commands.notices import printable
from plumbing.commands.numbers import path
from plumbing.commands.options import make_parser, option, parse
from plumbing.commands.running import run_command
from plumbing.commands.signals import StopSignals, quit_at_interrupt

INSTALLATION = "pip install -r requirements-deblurring.txt"


@dataclass(frozen=True)
class JoinOptions:
    """What to join."""

    reports: tuple[Path, ...] = option(
        "the JSON reports of all shards", type=path, positional="REPORT", many=True
    )
    joined: Path = option("the report to write, .json or .csv", type=path, positional="ALL")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        quit_at_interrupt()

    def work(signals: StopSignals) -> int:
        parser = make_parser(JoinOptions, "python3 -m cnn_denoiser.join_reports", __doc__ or "")
        options = JoinOptions(**parse(JoinOptions, parser, arguments))
        summary = join_reports(options.reports, options.joined)
        done = "deblurred" if summary["destination"] is not None else "read"
        print(
            f"{summary['shards']} reports joined in {printable(options.joined)}: "
            f"{summary['done']} of {summary['total']} pictures {done}, "
            f"{summary['skipped']} skipped, {summary['failed']} failed"
        )
        return ExitCode.OK

    return run_command("join_reports", work, INSTALLATION)


if __name__ == "__main__":
    sys.exit(main())
