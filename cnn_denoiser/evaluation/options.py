"""The options of evaluate.py and their checks."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from blurrer import list_profiles
from plumbing.commands.numbers import whole_number
from plumbing.pictures.codec import SUFFIXES


class UsageError(Exception):
    """The command cannot do what it is asked for; the message says why."""


@dataclass(frozen=True)
class EvaluationOptions:
    """What to measure, on what, and where to write it; see --help."""

    models: tuple[str, ...]
    checkpoints: tuple[str, ...]
    labelled: Path | None
    labels: Path | None
    set_name: str | None
    outputs: dict[str, Path]
    sharp: Path | None
    synthetic: int | None
    profiles: tuple[str, ...]
    seed: int
    markdown: bool
    sheet: Path | None
    json: Path | None

    @property
    def one_sheet(self) -> bool:
        """Whether the sheet is one picture file of all sets, and not a folder of one a set."""
        return self.sheet is not None and self.sheet.suffix.lower() in SUFFIXES


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong; `--help` tells the rest."""
        self.exit(2, f"{self.prog}: {message}\n")


def read_command_line(arguments: list[str] | None, description: str) -> EvaluationOptions:
    """Return the options; raises `UsageError`, and exits with 2 where one is malformed."""
    given = _parser(description).parse_args(arguments)
    if given.labelled is given.sharp is given.synthetic is None:
        raise UsageError("nothing to measure on; give --labelled DIR, --sharp DIR or --synthetic N")
    for name in ("labels", "set", "outputs"):
        if getattr(given, name) and given.labelled is None:
            raise UsageError(f"--{name} belongs to --labelled DIR, which is missing")
    if given.profile and given.sharp is given.synthetic is None:
        raise UsageError("--profile belongs to --sharp DIR or --synthetic N, which are missing")
    outputs = _outputs(given.outputs)
    for folder in (given.sharp, given.labelled, *outputs.values()):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
    labels = given.labels
    if given.labelled is not None:
        labels = labels or given.labelled / "labels.csv"
        if not labels.is_file():
            raise UsageError(f"there are no labels at {labels}; name them with --labels")
    options = EvaluationOptions(
        models=tuple(given.model),
        checkpoints=tuple(given.checkpoint),
        labelled=given.labelled,
        labels=labels,
        set_name=given.set,
        outputs=outputs,
        sharp=given.sharp,
        synthetic=given.synthetic,
        profiles=tuple(dict.fromkeys(given.profile or list_profiles()[:1])),
        seed=given.seed,
        markdown=given.markdown,
        sheet=given.sheet,
        json=given.json,
    )
    _check_destinations(options)
    return options


def _outputs(texts: list[str]) -> dict[str, Path]:
    outputs: dict[str, Path] = {}
    for text in texts:
        name, _, folder = text.partition("=")
        if not name or not folder:
            raise UsageError(f"--outputs takes NAME=DIR. Received: {text}")
        if name in outputs:
            raise UsageError("--outputs needs a different NAME for each folder")
        outputs[name] = Path(folder)
    return outputs


def _check_destinations(options: EvaluationOptions) -> None:
    for path in (options.json, options.sheet):
        if path is not None and not path.absolute().parent.is_dir():
            raise UsageError(f"the folder of {path} does not exist")
    sheet = options.sheet
    if sheet is None or options.one_sheet or sheet.is_dir():
        return
    if sheet.suffix or sheet.exists():
        raise UsageError(f"the sheet {sheet} needs the suffix of a picture, such as .png, or none")


def _parser(description: str) -> _Parser:
    parser = _Parser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        prog="evaluate.py",
    )

    def add_many(name: str, metavar: str, help_text: str) -> None:
        parser.add_argument(
            name, action="append", default=[], metavar=metavar, help=f"{help_text}; repeatable"
        )

    add_many("--model", "NAME", "a shipped network")
    add_many("--checkpoint", "DIR", "a model folder or the output folder of a training")
    parser.add_argument("--labelled", type=Path, metavar="DIR", help="blurred plates")
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="what they say: a CSV with the columns file and label, and perhaps colour (default: "
        "DIR/labels.csv)",
    )
    parser.add_argument(
        "--set", metavar="NAME", help="only those whose column set in the labels says NAME"
    )
    add_many(
        "--outputs",
        "NAME=DIR",
        "what another programme made of the blurred plates, under their names",
    )
    parser.add_argument(
        "--sharp",
        type=Path,
        metavar="DIR",
        help="sharp plates, to be blurred; a labels.csv in the folder is used",
    )
    parser.add_argument(
        "--synthetic",
        type=whole_number(1),
        metavar="N",
        help="draw N sharp plates, to be blurred; no training sees the same ones",
    )
    profiles = list_profiles()
    parser.add_argument(
        "--profile",
        action="append",
        choices=profiles,
        metavar="NAME",
        help=f"how the blurrer blurs sharp plates: {', '.join(profiles)} (default: {profiles[0]}); "
        "repeatable",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0),
        default=0,
        help="seed of synthetic plates and of blur (default: 0)",
    )
    parser.add_argument("--markdown", action="store_true", help="print tables in Markdown")
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="FILE.png|DIR",
        help="show the best, the middling and the worst of the first network side by side: all "
        "sets in one picture, or in a folder a picture for each",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and readings")
    return parser
