"""The options of `calibrate` and their checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blurrer import list_profiles
from cnn_denoiser.evaluation.options import MOST_SYNTHETIC, EvaluationOptions, check
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import make_parser, option, parse

SEED = 31415  # not one that plates are trained on, validated or measured with


@dataclass(frozen=True)
class CalibrationOptions:
    """What to calibrate, and on which plates."""

    run: Path = option("a run folder or a model folder", type=path, positional="RUN")
    synthetic: int = option(
        "draw N sharp plates, to be blurred; 0: only plates of your own",
        default=1000, type=whole_number(0, MOST_SYNTHETIC), metavar="N",
    )  # fmt: skip
    labelled: Path | None = option(
        "blurred plates that the network was not trained on", default=None, type=path, metavar="DIR"
    )
    labels: Path | None = option(
        "what they say: a CSV with the columns file and label", default=None, type=path,
        metavar="FILE", shown_default="labels.csv beside them",
    )  # fmt: skip
    sharp: Path | None = option(
        "sharp plates that it was not trained on, to be blurred, with a labels.csv in the folder",
        default=None, type=path, metavar="DIR",
    )  # fmt: skip
    profile: tuple[str, ...] = option(
        "how the blurrer blurs sharp plates",
        default=(), choices=list_profiles(), repeatable=True, shown_default=list_profiles()[0],
    )  # fmt: skip
    seed: int = option("of synthetic plates and of blur", default=SEED, type=whole_number(0))

    @property
    def sets(self) -> EvaluationOptions:
        """The sets of plates, as the evaluation takes them."""
        return EvaluationOptions(
            labelled=self.labelled,
            labels=self.labels,
            sharp=self.sharp,
            synthetic=self.synthetic or None,
            profile=self.profile,
            seed=self.seed,
        )


def read_command_line(
    arguments: Sequence[str] | None, prog: str, description: str
) -> CalibrationOptions:
    """Return the options after checking them against each other and the disk; `UsageError`."""
    parser = make_parser(CalibrationOptions, prog, description)
    options = CalibrationOptions(**parse(CalibrationOptions, parser, arguments))
    check(options.sets)
    return options
