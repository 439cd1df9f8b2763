"""The options of `evaluate.py` and their checks."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blurrer import list_profiles
from cnn_denoiser.measures.readers import ENGINES
from plumbing.commands.errors import UsageError
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import make_parser, option, parse
from plumbing.labels import LABELS
from plumbing.pictures.codec import SUFFIXES

MOST_SYNTHETIC = 10_000  # plates; each method keeps what it makes of them in memory


def _output(text: str) -> tuple[str, Path]:
    name, _, folder = text.partition("=")
    if not name or not folder:
        raise argparse.ArgumentTypeError(f"takes NAME=DIR. Received: {text!r}")
    return name, path(folder)


@dataclass(frozen=True)
class EvaluationOptions:
    """What to measure, on what, and where to write it."""

    model: tuple[str, ...] = option(
        "a shipped network", default=(), metavar="NAME", repeatable=True, group="methods"
    )
    checkpoint: tuple[Path, ...] = option(
        "a model folder or the output folder of a training",
        default=(), type=path, metavar="DIR", repeatable=True, group="methods",
    )  # fmt: skip
    outputs: tuple[tuple[str, Path], ...] = option(
        "what another programme made of the --labelled plates, under their names",
        default=(), type=_output, metavar="NAME=DIR", repeatable=True, group="methods",
    )  # fmt: skip
    labelled: Path | None = option(
        "blurred plates", default=None, type=path, metavar="DIR", group="plates"
    )
    labels: Path | None = option(
        "what they say: a CSV with the columns file and label, and perhaps colour",
        default=None, type=path, metavar="FILE", group="plates",
        shown_default=f"{LABELS} beside them",
    )  # fmt: skip
    set: str | None = option(
        "only those whose column set in the labels says NAME",
        default=None, metavar="NAME", group="plates",
    )  # fmt: skip
    sharp: Path | None = option(
        f"sharp plates, to be blurred; a {LABELS} in the folder is used",
        default=None, type=path, metavar="DIR", group="plates",
    )  # fmt: skip
    synthetic: int | None = option(
        "draw N sharp plates, to be blurred; no training sees the same ones",
        default=None, type=whole_number(1, MOST_SYNTHETIC), metavar="N", group="plates",
    )  # fmt: skip
    profile: tuple[str, ...] = option(
        "how the blurrer blurs sharp plates",
        default=(), choices=list_profiles(), repeatable=True, group="plates",
        shown_default=list_profiles()[0],
    )  # fmt: skip
    groups: bool = option(
        "measure what several frames of one plate give together: bursts of --synthetic plates, and "
        "the --labelled plates that appear more than once",
        default=False, group="plates",
    )  # fmt: skip
    seed: int = option(
        "seed of synthetic plates and of blur", default=0, type=whole_number(0), group="plates"
    )
    engine: tuple[str, ...] = option(
        "an OCR engine to read with",
        default=(), choices=tuple(ENGINES), repeatable=True, group="what is told",
        shown_default="all that are installed",
    )  # fmt: skip
    markdown: bool = option("print tables in Markdown", default=False, group="what is told")
    sheet: Path | None = option(
        "show the best, the middling and the worst of the first network side by side: all sets in "
        "one picture, or in a folder a picture for each",
        default=None, type=path, metavar="FILE.png|DIR", group="what is told",
    )  # fmt: skip
    json: Path | None = option(
        "write all figures and readings",
        default=None, type=path, metavar="FILE", group="what is told",
    )  # fmt: skip

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles to blur by, each once."""
        return tuple(dict.fromkeys(self.profile)) or tuple(list_profiles()[:1])

    @property
    def labels_file(self) -> Path | None:
        """The labels of the labelled plates, where there are such plates."""
        return self.labels or (self.labelled and self.labelled / LABELS)

    @property
    def one_sheet(self) -> bool:
        """Whether the sheet is one picture file of all sets, and not a folder of one a set."""
        return self.sheet is not None and self.sheet.suffix.lower() in SUFFIXES


def read_command_line(
    arguments: Sequence[str] | None, prog: str, description: str
) -> EvaluationOptions:
    """Return the options after checking them against each other and the disk; `UsageError`."""
    parser = make_parser(EvaluationOptions, prog, description)
    options = EvaluationOptions(**parse(EvaluationOptions, parser, arguments))
    check(options)
    return options


def check(options: EvaluationOptions) -> None:
    """Raise `UsageError` where options do not fit each other, or what they name is not there."""
    if options.labelled is options.sharp is options.synthetic is None:
        raise UsageError("nothing to measure on; give --labelled DIR, --sharp DIR or --synthetic N")
    for name in ("labels", "set", "outputs"):
        if getattr(options, name) and options.labelled is None:
            raise UsageError(f"--{name} belongs to --labelled DIR, which is missing")
    if options.profile and options.sharp is options.synthetic is None:
        raise UsageError("--profile belongs to --sharp DIR or --synthetic N, which are missing")
    if options.groups:
        _check_groups(options)
    if len(dict(options.outputs)) < len(options.outputs):
        raise UsageError("--outputs needs a different NAME for each folder")
    for folder in (options.sharp, options.labelled, *dict(options.outputs).values()):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
    labels = options.labels_file
    if labels is not None and not labels.is_file():
        raise UsageError(f"there are no labels at {labels}; name them with --labels")


def _check_groups(options: EvaluationOptions) -> None:
    for name in ("sharp", "outputs", "profile"):
        if getattr(options, name):
            raise UsageError(f"--groups takes no --{name}; give --synthetic N or --labelled DIR")
    if not (options.model or options.checkpoint):
        raise UsageError("--groups needs a network: --model NAME or --checkpoint DIR")
