"""The options of the command that draws plates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plates.numbering import KINDS
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import make_parser, option, parse

_EPILOG = """Plate number N of a seed is the same whatever the count.

exit codes:
  0    all plates are drawn
  1    a file could not be written; the labels of what was drawn before are
  2    wrong usage, or DST is not empty
  130  stopped by Ctrl-C (143: by SIGTERM), after writing the labels of what was drawn
"""


@dataclass(frozen=True)
class PlatesOptions:
    """How many plates to draw, which, and where to."""

    destination: Path = option("a new or empty folder", type=path, positional="DST")
    count: int = option("how many plates, 1 or more", type=whole_number(1), metavar="N")
    seed: int = option("0 or more", default=0, type=whole_number(0), metavar="N")
    alike: bool = option(
        "in twos, 0 and 1, 2 and 3 ...: the same but for one character, which looks much like the "
        "other one's",
        default=False,
    )
    kind: str | None = option(
        "one kind only", default=None, choices=KINDS, shown_default="a mixture"
    )


def parse_options(prog: str, arguments: Sequence[str] | None) -> PlatesOptions:
    """Read a command line (None: that of the process). Raises `UsageError`."""
    parser = make_parser(
        PlatesOptions,
        prog,
        "Draw plates that do not exist, and write what they say to labels.csv.",
        _EPILOG,
    )
    return PlatesOptions(**parse(PlatesOptions, parser, arguments))
