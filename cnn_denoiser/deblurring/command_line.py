"""The command line of deblurring. Nothing heavy is imported here: --help comes at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from cnn_denoiser.deblurring.options import DeblurOptions
from plumbing.commands.errors import ExitCode, UsageError
from plumbing.commands.options import Parser, PrintAndExit, make_parser, parse

_PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"

_EXIT_CODES = f"""exit codes:
  {ExitCode.OK:<5d}all well
  {ExitCode.FAILED:<5d}some pictures failed; they are named on stderr, the others are deblurred.
       Also where a full disk or a vanished folder ended the work early
  {ExitCode.USAGE:<5d}wrong usage, or results that would collide, take the place of a source,
       or exist already (--existing error)
  {ExitCode.NOTHING_TO_DO:<5d}nothing to do: no pictures
  {ExitCode.MODEL:<5d}the model could not be loaded, or cannot do what is asked (--precision)
  {ExitCode.INTERRUPTED:<5d}stopped by Ctrl-C, after finishing what was in flight
  {ExitCode.TERMINATED:<5d}stopped by SIGTERM, likewise
"""

Options = TypeVar("Options", bound=DeblurOptions)


def parse_options(
    prog: str,
    arguments: Sequence[str] | None = None,
    options_class: type[Options] = DeblurOptions,  # type: ignore[assignment]
) -> Options:
    """Read the command line of the command `prog`; raises UsageError."""
    parser = make_parser(
        options_class,
        prog,
        "Deblur pictures of licence plates, or every picture of a folder: 270x90, under its "
        "own name\nand in its own format. JPEG, PNG, BMP, WebP and TIFF are known by their "
        "content, whatever their suffix.",
        f"{_shipped_networks()}\n\n{_EXIT_CODES}",
    )
    _add_actions(parser)
    return options_class(**parse(options_class, parser, arguments))


def _add_actions(parser: Parser) -> None:
    parser.add_argument(
        "--list-models",
        action=PrintAndExit,
        text=_list_models,
        help="list the shipped networks with what was measured of them, and exit",
    )
    parser.add_argument(
        "--version", action=PrintAndExit, text=_version, help="print the version and exit"
    )


def _shipped_networks() -> str:
    from cnn_denoiser.deblurring.model_list import list_briefly

    return list_briefly()


def _list_models() -> str:
    from cnn_denoiser.deblurring.model_list import list_models

    return list_models()


def _version() -> str:
    return f"moussaka {version()}"


def version() -> str:
    """Return the project's version: that of the source tree, or of what is installed."""
    if _PYPROJECT.is_file():
        text = _PYPROJECT.read_text(encoding="utf-8")
        if found := re.search(r'^name = "moussaka"\nversion = "(.+)"$', text, re.MULTILINE):
            return found[1]
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("moussaka")
    except PackageNotFoundError as error:
        raise UsageError("the version is not known: the package is not installed") from error
