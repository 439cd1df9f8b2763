#!/usr/bin/env python3
"""Measure how well blurred plates are restored, by networks and by classical methods.

On sharp plates, blurred by the blurrer: PSNR and SSIM. On plates whose texts are known: how well an
OCR engine reads them before and after:

  characters    1 - edit distance / known characters, the province included
  alphanumeric  the same over letters and digits alone
  plates        share of the fully known plates whose letters and digits are all read right
  ms            milliseconds a picture, of a single run

Exit codes: 0 done; 1 done, but something could not be read or written; 2 wrong usage, or nothing
to measure; 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's own folder comes first, where its rooms hide the project
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import json
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import numpy as np

    from cnn_denoiser.deblurring.network import Network
    from cnn_denoiser.evaluation.comparison import Comparison
    from cnn_denoiser.evaluation.picture_sets import PictureSet
    from cnn_denoiser.evaluation.plate_reading import PlateReader


class UsageError(Exception):
    """The command cannot do what it is asked for; the message says why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong; `--help` tells the rest."""
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _build_parser()
    options = parser.parse_args(arguments)
    try:
        _check(options)
        return _evaluate(options)
    except UsageError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _build_parser() -> _Parser:
    parser = _Parser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        prog="evaluate.py",
    )
    parser.add_argument(
        "--model", action="append", default=[], metavar="NAME", help="a shipped network; repeatable"
    )
    parser.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="DIR",
        help="a model folder or the output folder of a training; repeatable",
    )
    parser.add_argument(
        "--sharp",
        type=Path,
        metavar="DIR",
        help="sharp plates, to be blurred; a labels.csv in the folder is used",
    )
    parser.add_argument(
        "--profile", default="camera", help="how the blurrer blurs them (default: camera)"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of their blur (default: 0)")
    parser.add_argument("--labelled", type=Path, metavar="DIR", help="blurred plates")
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="what they say: a CSV with the columns file and label (default: DIR/labels.csv)",
    )
    parser.add_argument(
        "--set", metavar="NAME", help="only those whose column set in the labels says NAME"
    )
    parser.add_argument(
        "--outputs",
        action="append",
        default=[],
        metavar="NAME=DIR",
        help="what another programme made of the blurred plates, under their names; repeatable",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and readings")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="write a picture of the results side by side"
    )
    return parser


def _check(options: argparse.Namespace) -> None:
    """Check what can be checked before anything heavy is imported; complete the options."""
    if options.sharp is None and options.labelled is None:
        raise UsageError("nothing to measure on; give --sharp DIR, --labelled DIR or both")
    if options.seed < 0:
        raise UsageError(f"--seed must not be negative. Received: {options.seed}")
    for name in ("labels", "set", "outputs"):
        if getattr(options, name) and options.labelled is None:
            raise UsageError(f"--{name} belongs to --labelled DIR, which is missing")
    outputs = [_split_output(text) for text in options.outputs]
    options.outputs = dict(outputs)
    if len(options.outputs) < len(outputs):
        raise UsageError("--outputs needs a different NAME for each folder")
    for folder in (options.sharp, options.labelled, *options.outputs.values()):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
    if options.labelled is not None:
        options.labels = options.labels or options.labelled / "labels.csv"
        if not options.labels.is_file():
            raise UsageError(f"there are no labels at {options.labels}; name them with --labels")
    for path in (options.json, options.sheet):
        if path is not None and not path.absolute().parent.is_dir():
            raise UsageError(f"the folder of {path} does not exist")

    from blurrer import list_profiles
    from cnn_denoiser.image_files import SUFFIXES

    if options.profile not in list_profiles():
        known = ", ".join(list_profiles())
        raise UsageError(f"unknown profile {options.profile!r}; known are {known}")
    if options.sheet is not None and options.sheet.suffix.lower() not in SUFFIXES:
        raise UsageError(f"the sheet {options.sheet} needs the suffix of a picture, such as .png")


def _split_output(text: str) -> tuple[str, Path]:
    name, _, folder = text.partition("=")
    if not name or not folder:
        raise UsageError(f"--outputs takes NAME=DIR. Received: {text}")
    return name, Path(folder)


def _evaluate(options: argparse.Namespace) -> int:
    try:
        from cnn_denoiser.evaluation.baselines import BASELINES
        from cnn_denoiser.evaluation.comparison import BLURRED, SHARP, compare, to_table
        from cnn_denoiser.evaluation.measurement import each_frame
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{error.name} is missing; run: pip install -r requirements-evaluation.txt"
        ) from error

    networks = _load_networks(options)
    names = [BLURRED, SHARP, *BASELINES, *networks, *options.outputs]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two methods are called {name!r}")
    deblurs = {name: each_frame(function) for name, function in BASELINES.items()}
    deblurs |= {name: network.deblur for name, network in networks.items()}
    sets = _read_sets(options)
    reader = _start_reader() if any(any(pictures.labels) for pictures in sets) else None
    problems = [problem for pictures in sets for problem in pictures.problems]
    comparisons = []
    for pictures in sets:
        outputs = {}
        if pictures.targets is None:
            outputs = _read_outputs(options.outputs, pictures, problems)
        comparison = compare(pictures, deblurs, outputs, reader)
        comparisons.append(comparison)
        print(f"{pictures.description}: {len(pictures.names)} pictures\n\n{to_table(comparison)}\n")
    _write_files(options, comparisons, problems)
    for problem in problems:
        print(f"evaluate.py: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _load_networks(options: argparse.Namespace) -> dict[str, Network]:
    """Load every network asked for, by the name that stands in the table."""
    if not (options.model or options.checkpoint):
        return {}
    from cnn_denoiser.checkpoints import CheckpointError
    from cnn_denoiser.deblurring.network import load_network

    try:
        return {name: load_network(model=name) for name in options.model} | {
            folder: load_network(checkpoint=Path(folder)) for folder in options.checkpoint
        }
    except CheckpointError as error:
        raise UsageError(str(error)) from error


def _read_sets(options: argparse.Namespace) -> list[PictureSet]:
    from cnn_denoiser.evaluation.picture_sets import blur_folder, read_blurred_folder
    from cnn_denoiser.evaluation.plate_reading import LabelError

    sets = []
    try:
        if options.sharp is not None:
            labels = options.sharp / "labels.csv"
            sets.append(
                blur_folder(
                    options.sharp,
                    options.profile,
                    options.seed,
                    labels if labels.is_file() else None,
                )
            )
        if options.labelled is not None:
            sets.append(read_blurred_folder(options.labelled, options.labels, options.set))
    except (LabelError, OSError) as error:
        raise UsageError(str(error)) from error
    for pictures in sets:
        if not pictures.names:
            raise UsageError(f"{pictures.description}: no pictures that can be read")
    return sets


def _start_reader() -> PlateReader | None:
    """Start the OCR engine; where there is none, say so: its columns are left out."""
    from cnn_denoiser.evaluation.plate_reading import PlateReader, ReaderMissingError

    try:
        return PlateReader()
    except ReaderMissingError as error:
        print(f"evaluate.py: no OCR figures: {error}", file=sys.stderr)
        return None


def _read_outputs(
    folders: dict[str, Path], pictures: PictureSet, problems: list[str]
) -> dict[str, list[np.ndarray | None]]:
    """Read what other programmes made of the set; add what is missing to the problems."""
    from cnn_denoiser.evaluation.picture_sets import read_named

    outputs = {}
    for name, folder in folders.items():
        found, missing = read_named(folder, pictures.names)
        outputs[name] = list(found.values())
        problems += missing
    return outputs


def _write_files(
    options: argparse.Namespace, comparisons: list[Comparison], problems: list[str]
) -> None:
    """Write the files asked for; add what fails to the problems."""
    from cnn_denoiser.atomic_files import write_atomically
    from cnn_denoiser.evaluation.comparison import to_json, to_sheet
    from cnn_denoiser.image_files import PictureError, write_picture

    if options.json is not None:
        results = [to_json(comparison) for comparison in comparisons]
        text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
        try:
            write_atomically(options.json, text.encode())
        except OSError as error:
            problems.append(f"{options.json}: {error}")
    if options.sheet is not None:
        try:
            write_picture(options.sheet, to_sheet(comparisons))
        except (OSError, PictureError) as error:
            problems.append(f"{options.sheet}: {error}")


if __name__ == "__main__":
    sys.exit(main())
