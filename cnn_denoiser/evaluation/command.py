"""Measure how well blurred plates are restored, by networks and by classical methods.

One call measures several sets of plates: blurred ones whose texts are known (--labelled), and sharp
ones (--sharp, --synthetic), which are blurred by each --profile. For each set it tells

  PSNR, SSIM            against the sharp plates, where there are any
  characters            1 - edit distance / known characters, as OCR engines read the results
  letters and digits    the same without Chinese characters
  plates                share of the fully known plates whose letters and digits are all read right
  harmed, rescued       single letters and digits that are read right in the blurred picture and no
                        longer after the method, and the other way round
  by colour of plate    blue, yellow, green, white, black

by each OCR engine (RapidOCR, agentclpr), the mean of them, and the plates that all of them read
right; what networks that read have themselves read in the blurred pictures, how far their
probabilities hold (expected calibration error), and how many characters are right of those that
they are at least 90 % sure of; at last each method's parameters and milliseconds a picture.

With --groups it measures what several frames of one plate give together: one of them, the sharpest
deblurred one, and all of them fused, on bursts of 1, 2, 3, 5 and 10 frames of drawn plates, and on
the labelled plates that appear more than once.

Exit codes: 0 done; 1 done, but something could not be measured, read or written, which stderr
names; 2 wrong usage, or what is needed is not installed, as an OCR engine for labelled plates where
no network reads; 3 a folder without pictures that can be read; 4 a network cannot be loaded; 130
interrupted by Ctrl-C, 143 by SIGTERM. Without an engine, sharp plates are measured by PSNR and SSIM
alone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plumbing.commands.errors import ExitCode, NothingToDoError, UsageError
from plumbing.commands.notices import printable
from plumbing.commands.signals import StopSignals, quit_at_interrupt

if TYPE_CHECKING:
    import numpy as np

    from cnn_denoiser.evaluation.options import EvaluationOptions
    from cnn_denoiser.evaluation.picture_sets import PictureSet

INSTALLATION = "pip install -r requirements.txt -r requirements-evaluation.txt"

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None, prog: str = "moussaka-evaluate") -> int:
    """Run the command and return its exit code.

    arguments: of the command line; None: those that the process was given.
    prog:      the name that its notices begin with.
    """
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        from cnn_denoiser.evaluation.options import read_command_line

        return evaluate(read_command_line(arguments, prog, __doc__ or ""), signals)

    return run_command(prog, work, INSTALLATION)


def evaluate(options: EvaluationOptions, signals: StopSignals) -> int:
    """Measure what the options ask for, print the tables, and return the exit code."""
    from cnn_denoiser.evaluation.comparison import compare
    from cnn_denoiser.evaluation.destinations import check_destinations, write_json, write_sheets
    from cnn_denoiser.evaluation.methods import load_methods
    from cnn_denoiser.evaluation.named_sets import read_sets, set_names
    from cnn_denoiser.evaluation.tables import LEGEND, MARKDOWN, PLAIN, cost_table, describe
    from cnn_denoiser.measures.readers import start_readers

    check_destinations(options, list(set_names(options)))
    if options.groups:
        return _evaluate_groups(options, signals)
    outputs = dict(options.outputs)
    methods = load_methods(options.model, options.checkpoint, list(outputs))
    sets = read_sets(options, signals)
    problems = [problem for pictures in sets for problem in pictures.problems]
    labelled = any(any(pictures.labels) for pictures in sets)
    readers = start_readers(options.engine) if labelled else {}
    if options.engine and not labelled:
        _log.warning("--engine has no effect: of no plate is known what it says")
    if not readers and not any(network.reads for network in methods.networks.values()):
        problems += _without_targets(sets)
        sets = [pictures for pictures in sets if pictures.targets is not None]

    style = MARKDOWN if options.markdown else PLAIN
    comparisons = []
    for pictures in sets:
        ready = _read_outputs(outputs, pictures, problems) if pictures.targets is None else {}
        compared = compare(pictures, methods.deblurs, ready, readers, signals.check)
        comparisons.append(compared)
        print(describe(compared, style), end="\n\n", flush=True)
    print(cost_table(comparisons, methods.parameters, style), LEGEND, sep="\n\n")
    if options.json is not None:
        problems += write_json(options.json, comparisons, methods.parameters)
    problems += write_sheets(options, comparisons, methods.first)
    for problem in dict.fromkeys(problems):  # each profile meets the same unreadable files
        _log.warning("%s", problem)
    return ExitCode.FAILED if problems else ExitCode.OK


def _evaluate_groups(options: EvaluationOptions, signals: StopSignals) -> int:
    """Measure what several frames of one plate give together."""
    from cnn_denoiser.evaluation.comparison import compare
    from cnn_denoiser.evaluation.destinations import write_json, write_sheets
    from cnn_denoiser.evaluation.group_sets import (
        ONE_FRAME,
        count_fitting,
        draw_bursts,
        find_repeats,
        join_groups,
    )
    from cnn_denoiser.evaluation.methods import load_methods
    from cnn_denoiser.evaluation.named_sets import read_sets
    from cnn_denoiser.evaluation.tables import MARKDOWN, PLAIN, describe
    from cnn_denoiser.measures.readers import start_readers

    methods = load_methods(options.model, options.checkpoint, [])
    deblurs = {name: methods.deblurs[name] for name in methods.networks}
    labelled = read_sets(replace(options, synthetic=None), signals)
    problems = [problem for pictures in labelled for problem in pictures.problems]
    sets = [find_repeats(pictures) for pictures in labelled]
    if any(not groups.groups for groups in sets):
        raise NothingToDoError(f"{options.labelled}: no plate appears more than once")
    if options.synthetic is not None:
        sets += draw_bursts(options.synthetic, options.seed, signals.check)
    readers = start_readers(options.engine)
    if not readers:
        raise UsageError("groups are not measured without an OCR engine")
    style = MARKDOWN if options.markdown else PLAIN
    comparisons = []
    for groups in sets:
        joined = join_groups(groups, deblurs, signals.check)
        outputs = {name: made.pictures for name, made in joined.items()}
        compared = compare(groups.pictures, {}, outputs, readers, signals.check)
        for name, made in joined.items():
            compared.measurements[name].own_readings = made.readings
        comparisons.append(compared)
        print(describe(compared, style), end="\n\n", flush=True)
    for name, deblur in deblurs.items():
        print(f"{printable(name)}: {count_fitting(sets[-1], deblur)}")
    if options.json is not None:
        problems += write_json(options.json, comparisons, methods.parameters)
    problems += write_sheets(options, comparisons, f"{methods.first}, {ONE_FRAME}")
    for problem in problems:
        _log.warning("%s", problem)
    return ExitCode.FAILED if problems else ExitCode.OK


def _without_targets(sets: list[PictureSet]) -> list[str]:
    """Tell which sets cannot be measured without an OCR engine; raise where that is all."""
    lost = [pictures for pictures in sets if pictures.targets is None]
    if len(lost) == len(sets):
        raise UsageError("nothing can be measured on labelled plates without an OCR engine")
    return [f"{pictures.description}: not measured, which needs an OCR engine" for pictures in lost]


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
