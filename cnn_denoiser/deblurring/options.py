"""The command line of `deblur_images.py`. Nothing heavy is imported here: --help comes at once."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from cnn_denoiser.deblurring import exit_codes
from plumbing.commands.numbers import whole_number

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
LOADING_AND_SAVING_THREADS = 4
HIGHEST_QUALITY = 100


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with 2 where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="deblur_images.py",
        description="Deblur a picture of a licence plate, or every picture of a folder: 270x90, "
        "grey, under its own name and in its own format. JPEG, PNG, BMP, WebP and TIFF are known "
        "by their content, whatever their suffix.",
        epilog=exit_codes.EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "source", metavar="SRC", type=Path, help="folder of blurred pictures, or one picture"
    )
    parser.add_argument(
        "destination",
        metavar="DST",
        type=Path,
        help="folder for the results, made if missing; where SRC is one picture, also a file name",
    )
    _add_choice_of_pictures(parser)
    _add_look_of_results(parser)
    _add_network(parser)
    _add_accounts(parser)
    parsed = parser.parse_args(arguments)
    if len({path.absolute() for path in parsed.report}) < len(parsed.report):
        parser.error("--report: the same file is given twice")
    return parsed


def _add_choice_of_pictures(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which pictures")
    group.add_argument(
        "--recursive",
        action="store_true",
        help="sub-folders too, their tree kept in DST; DST itself is left out where it lies in SRC",
    )
    group.add_argument(
        "--existing",
        choices=("overwrite", "skip", "error"),
        default="overwrite",
        help="where a result stands already: write it anew (default), leave it (which goes on "
        "where a stopped run stopped), or do nothing at all and say so",
    )
    group.add_argument(
        "--limit",
        type=whole_number(1),
        metavar="N",
        help="only the first N pictures; those that --existing skip leaves do not count",
    )
    group.add_argument(
        "--max-pixels",
        type=whole_number(1),
        metavar="N",
        help="refuse pictures that claim more pixels, before they are decoded "
        "(default: 50 million)",
    )
    group.add_argument(
        "--dry-run", action="store_true", help="only print what would be made of what"
    )


def _add_look_of_results(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("results")
    group.add_argument(
        "--format",
        choices=("keep", "png", "jpg", "webp"),
        default="keep",
        help="the results' format (default: each its source's)",
    )
    group.add_argument(
        "--quality",
        type=whole_number(1, HIGHEST_QUALITY),
        metavar="1-100",
        help="of JPEG (default: 95) and WebP (default: without loss)",
    )
    group.add_argument(
        "--size",
        choices=("model", "source"),
        default="model",
        help="270x90 (default), or the size of the source picture",
    )
    group.add_argument(
        "--colour",
        action="store_true",
        help="the deblurred lightness with the source's colours, instead of grey",
    )
    group.add_argument(
        "--compare", type=Path, metavar="DIR", help="before and after in one picture, written there"
    )


def _add_network(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("network")
    one = group.add_mutually_exclusive_group()
    one.add_argument("--model", metavar="NAME", help="a shipped network (default: unet)")
    one.add_argument(
        "--checkpoint",
        metavar="DIR",
        type=Path,
        help="a network of your own: the folder of a training run, or of one of its checkpoints",
    )
    group.add_argument(
        "--list-models",
        action=_PrintAndExit,
        text=_list_models,
        help="list the shipped networks with what was measured of them, and exit",
    )
    group.add_argument(
        "--precision",
        choices=("f32", "bf16"),
        default="f32",
        help="bf16 is faster on processors that have it; results then differ slightly "
        "from machine to machine (default: f32)",
    )
    group.add_argument(
        "--batch-size",
        type=whole_number(1),
        metavar="N",
        help="pictures that go through the network at once (default: 8); results do not depend "
        "on it",
    )
    group.add_argument(
        "--jobs",
        type=whole_number(1),
        metavar="N",
        default=LOADING_AND_SAVING_THREADS,
        help="threads that load and save (default: %(default)s); results do not depend on it",
    )


def _add_accounts(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is told")
    group.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="what became of each picture: FILE.html shows it before and after, FILE.json and "
        "FILE.csv have a row a picture; repeatable",
    )
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument(
        "--quiet", action="store_true", help="tell nothing but errors and failed pictures"
    )
    loudness.add_argument("--verbose", action="store_true", help="a line for each picture")
    group.add_argument(
        "--version", action=_PrintAndExit, text=_version, help="print the version and exit"
    )


class _PrintAndExit(argparse.Action):
    """An option that prints what a function returns, and ends the command."""

    def __init__(self, text: Callable[[], str], **options: object) -> None:
        super().__init__(nargs=0, **options)  # type: ignore[arg-type]
        self._text = text

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(self._text())
        parser.exit(exit_codes.ALL_WELL)


def _list_models() -> str:
    from cnn_denoiser.deblurring.model_list import list_models

    return list_models()


def _version() -> str:
    found = re.search(r'^version = "(.+)"$', PYPROJECT.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{PYPROJECT} has no version"
    return f"moussaka {found[1]}"
