"""The options of `publish`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plumbing.commands.numbers import path
from plumbing.commands.options import make_parser, option, parse


@dataclass(frozen=True)
class PublishOptions:
    """What to publish."""

    run: Path = option("a run folder or a model folder", type=path, positional="RUN")
    measured: tuple[str, ...] = option(
        "what evaluate.py wrote of RUN; with NAME, that is what the one set of pictures in the "
        "file is called",
        default=(),
        metavar="[NAME=]FILE.json",
        repeatable=True,
    )


def read_command_line(
    arguments: Sequence[str] | None, prog: str, description: str
) -> PublishOptions:
    """Return the options; `UsageError` where they are wrong."""
    parser = make_parser(PublishOptions, prog, description)
    return PublishOptions(**parse(PublishOptions, parser, arguments))
