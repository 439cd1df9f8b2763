"""Calibrate a network that reads, so that its probabilities hold.

    python3 -m cnn_denoiser.calibrate RUN
    python3 -m cnn_denoiser.calibrate RUN --labelled BLURRED --labels labels.csv

Of the characters that a network says to be 90 % sure, 90 % should be right. For that its logits are
divided by a temperature, which is fitted on plates that it was not trained on: synthetic ones, with
a seed of their own; and, where they are given, blurred plates whose texts are known (--labelled) or
sharp ones to be blurred (--sharp). Each set of plates counts alike, however many it holds. The
temperature is written into model.json, that of the newest checkpoint where RUN is a run's folder;
all else in it stays. Of each set 20 characters at least have to be read wrongly: with fewer, chance
would decide.

Exit codes: 0 done; 1 done, but some pictures cannot be read, which stderr names, or model.json
cannot be written; 2 wrong usage, or the network does not read; 3 a set holds no plates, none whose
whole text is known, or too few that are read wrongly, or no temperature fits; 4 RUN holds no whole
network; 130 interrupted by Ctrl-C, 143 by SIGTERM; with 2 and more nothing is written.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from plumbing.commands.errors import CommandError, ExitCode, NothingToDoError, UsageError
from plumbing.commands.notices import printable
from plumbing.commands.signals import StopSignals, quit_at_interrupt

if TYPE_CHECKING:
    from cnn_denoiser.calibration.known_characters import KnownCharacters
    from cnn_denoiser.calibration.options import CalibrationOptions

PROG = "python3 -m cnn_denoiser.calibrate"
INSTALLATION = "pip install -r requirements.txt -r requirements-evaluation.txt"

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        from cnn_denoiser.calibration.options import read_command_line

        return calibrate(read_command_line(arguments, PROG, __doc__ or ""), signals)

    return run_command("calibrate", work, INSTALLATION)


def calibrate(options: CalibrationOptions, signals: StopSignals) -> int:
    """Fit a network's temperature, write it into its model.json, and return the exit code."""
    from cnn_denoiser.calibration.known_characters import read_known
    from cnn_denoiser.calibration.temperature import negative_log_likelihood
    from cnn_denoiser.deblurring.network import load_network
    from cnn_denoiser.evaluation.named_sets import read_sets
    from cnn_denoiser.model_files.model_folder import read_description, write_description
    from cnn_denoiser.model_files.run_folder import find_model_folder

    folder = find_model_folder(options.run)
    network = load_network(checkpoint=folder)
    if not network.reads:
        model = read_description(folder).model
        raise UsageError(f"{options.run}: {model} does not read plates, so it has no temperature")
    sets = read_sets(options.sets, signals)
    known = {one.description: read_known(network, one, signals.check) for one in sets}
    problems = [problem for pictures in sets for problem in pictures.problems]
    for problem in problems:
        _log.warning("%s", problem)
    temperature = _fit(known)
    for name, characters in known.items():
        before, after = (negative_log_likelihood(characters, t) for t in (1.0, temperature))
        print(
            f"{printable(name)}: {len(characters.classes)} characters, negative log-likelihood "
            f"{after:.4f}, uncalibrated {before:.4f}"
        )
    signals.check()
    description = read_description(folder)
    calibration = {**description.calibration, "temperature": temperature}
    try:
        write_description(folder, replace(description, calibration=calibration))
    except OSError as error:
        raise CommandError(f"{folder} cannot be written to: {error.strerror or error}") from error
    print(f"temperature {temperature:g}, was {network.temperature:g}: in {printable(folder)}")
    return ExitCode.FAILED if problems else ExitCode.OK


def _fit(known: Mapping[str, KnownCharacters]) -> float:
    """Return the temperature of sets of characters; NothingToDoError where they do not tell it."""
    from cnn_denoiser.calibration.temperature import (
        COLDEST,
        HOTTEST,
        LEAST_WRONG,
        fit_temperature,
    )

    for name, characters in known.items():
        count = len(characters.classes)
        if not count:
            raise NothingToDoError(f"{name}: there is no plate whose whole text is known")
        if characters.wrong < LEAST_WRONG:
            raise NothingToDoError(
                f"{name}: only {characters.wrong} of {count} known characters are read wrongly, "
                f"and it takes {LEAST_WRONG} to tell a temperature: take more plates, or harder "
                "ones"
            )
    temperature = round(fit_temperature(list(known.values())), 4)
    if not COLDEST < temperature < HOTTEST:
        raise NothingToDoError(
            f"no temperature between {COLDEST:g} and {HOTTEST:g} makes the probabilities hold: "
            "are the texts those of the plates?"
        )
    return temperature
