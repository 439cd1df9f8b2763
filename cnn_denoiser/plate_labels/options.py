"""The options of `read_plates`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plumbing.commands.numbers import path
from plumbing.commands.options import make_parser, option, parse
from plumbing.labels import LABELS


@dataclass(frozen=True)
class ReadPlatesOptions:
    """Which plates to read."""

    folder: Path = option("a folder of pictures of sharp plates", type=path, positional="PLATES")
    overwrite: bool = option(f"replace a {LABELS} there", default=False)


def read_command_line(
    arguments: Sequence[str] | None, prog: str, description: str
) -> ReadPlatesOptions:
    """Return the options; `UsageError` where they are wrong."""
    parser = make_parser(ReadPlatesOptions, prog, description)
    return ReadPlatesOptions(**parse(ReadPlatesOptions, parser, arguments))
