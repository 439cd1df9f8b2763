"""The options of the command that blurs a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blurrer.profiles import list_profiles
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import make_parser, option, parse

TARGETS = "targets"

_EPILOG = """A picture's blur follows from the seed and its name alone.

exit codes:
  0    all pictures are blurred
  1    some failed; they are named on stderr, the others are blurred
  2    wrong usage, or results that would take the place of a source
  3    there are no pictures in SRC
  130  stopped by Ctrl-C (143: by SIGTERM), after the picture in work
"""


@dataclass(frozen=True)
class BlurOptions:
    """What to blur, how, and where to."""

    source: Path = option("folder of sharp pictures", type=path, positional="SRC")
    destination: Path = option(
        "folder for the results, made if missing", type=path, positional="DST"
    )
    profile: str = option("what blur to draw", default="camera", choices=list_profiles())
    seed: int = option("0 or more", default=0, type=whole_number(0), metavar="N")
    targets: bool = option(
        f"write each blurred picture's sharp counterpart too, to DST/{TARGETS}", default=False
    )
    colour: bool = option("keep the colours", default=False)
    keep_aspect: bool = option("pad pictures of another shape than 270x90", default=False)
    preview: Path | None = option(
        "picture of the first pairs, sharp and blurred", default=None, type=path, metavar="FILE"
    )


def parse_options(prog: str, arguments: Sequence[str] | None) -> BlurOptions:
    """Read a command line (None: that of the process). Raises `UsageError`."""
    parser = make_parser(
        BlurOptions,
        prog,
        "Blur every picture of a folder: 270x90, grey, under its own name.",
        _EPILOG,
    )
    return BlurOptions(**parse(BlurOptions, parser, arguments))
