#!/usr/bin/env python3
"""Measure how well blurred plates are restored, by networks and by classical methods.

One call measures several sets of plates: blurred ones whose texts are known (--labelled), and sharp
ones (--sharp, --synthetic), which are blurred by each --profile. For each set it tells

  PSNR, SSIM            against the sharp plates, where there are any
  characters            1 - edit distance / known characters, as an OCR engine reads the results
  letters and digits    the same without Chinese characters
  plates                share of the fully known plates whose letters and digits are all read right
  harmed, rescued       single letters and digits that are read right in the blurred picture and no
                        longer after the method, and the other way round
  by colour of plate    blue, yellow, green, white, black

and at last each method's parameters and milliseconds a picture.

Exit codes: 0 done; 1 done, but something could not be measured, read or written, which stderr
names; 2 wrong usage, or nothing that can be measured, such as labelled plates alone without the OCR
engine; 130 interrupted by Ctrl-C. Without the engine, sharp plates are measured by PSNR and SSIM
alone, which stderr says, too.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's own folder comes first, where its rooms hide the project
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import json
from typing import TYPE_CHECKING

from cnn_denoiser.evaluation.options import EvaluationOptions, UsageError, read_command_line

if TYPE_CHECKING:
    import numpy as np

    from cnn_denoiser.deblurring.network import Network
    from cnn_denoiser.evaluation.comparison import Comparison
    from cnn_denoiser.evaluation.picture_sets import PictureSet


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        return _evaluate(read_command_line(arguments, __doc__ or ""))
    except UsageError as error:
        _complain(str(error))
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _evaluate(options: EvaluationOptions) -> int:
    try:
        from cnn_denoiser.evaluation.baselines import BASELINES
        from cnn_denoiser.evaluation.comparison import BLURRED, SHARP, compare
        from cnn_denoiser.evaluation.measurement import each_frame
        from cnn_denoiser.evaluation.network_size import count_parameters
        from cnn_denoiser.evaluation.tables import LEGEND, MARKDOWN, PLAIN, cost_table, describe
        from cnn_denoiser.measures.readers import start_reader
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{error.name} is missing; run: pip install -r requirements.txt "
            "-r requirements-evaluation.txt"
        ) from error

    networks, folders = _load_networks(options)
    parameters = {name: count_parameters(folder) for name, folder in folders.items()}
    names = [BLURRED, SHARP, *BASELINES, *networks, *options.outputs]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two methods are called {name!r}")
    deblurs = {name: each_frame(function) for name, function in BASELINES.items()}
    deblurs |= {name: network.deblur for name, network in networks.items()}
    sets = _read_sets(options)
    problems = [problem for pictures in sets for problem in pictures.problems]
    labelled = any(any(pictures.labels) for pictures in sets)
    reader = start_reader(_complain) if labelled else None
    if reader is None:
        problems += _without_targets(sets)
        sets = [pictures for pictures in sets if pictures.targets is not None]

    style = MARKDOWN if options.markdown else PLAIN
    comparisons = []
    for pictures in sets:
        outputs = {}
        if pictures.targets is None:
            outputs = _read_outputs(options.outputs, pictures, problems)
        comparisons.append(compare(pictures, deblurs, outputs, reader))
        print(describe(comparisons[-1], style), end="\n\n", flush=True)
    print(cost_table(comparisons, parameters, style), LEGEND, sep="\n\n")
    _write_files(options, comparisons, parameters, next(iter([*networks, *BASELINES])), problems)
    for problem in dict.fromkeys(problems):  # each profile meets the same unreadable files
        _complain(problem)
    return 1 if problems else 0


def _complain(message: str) -> None:
    print(f"evaluate.py: {message}", file=sys.stderr)


def _load_networks(options: EvaluationOptions) -> tuple[dict[str, Network], dict[str, Path]]:
    """Load every network asked for, by the name that stands in the tables, and its folder."""
    from cnn_denoiser.deblurring.network import load_network
    from cnn_denoiser.model_files.model_folder import CheckpointError
    from cnn_denoiser.model_files.run_folder import find_model_folder
    from cnn_denoiser.model_files.shipped import shipped_model_folder

    try:
        networks = {name: load_network(model=name) for name in options.models}
        folders = {name: shipped_model_folder(name) for name in options.models}
        for name in options.checkpoints:
            networks[name] = load_network(checkpoint=Path(name))
            folders[name] = find_model_folder(Path(name))
    except CheckpointError as error:
        raise UsageError(str(error)) from error
    return networks, folders


def _read_sets(options: EvaluationOptions) -> list[PictureSet]:
    from cnn_denoiser.evaluation.picture_sets import blur_folder, draw_plates, read_blurred_folder
    from plumbing.labels import LabelError

    sets = []
    try:
        if options.labelled is not None and options.labels is not None:
            sets.append(read_blurred_folder(options.labelled, options.labels, options.set_name))
        if options.sharp is not None:
            path = options.sharp / "labels.csv"
            labels = path if path.is_file() else None
            for profile in options.profiles:
                sets.append(blur_folder(options.sharp, profile, options.seed, labels))
        if options.synthetic is not None:
            for profile in options.profiles:
                sets.append(draw_plates(options.synthetic, profile, options.seed))
    except (LabelError, OSError) as error:
        raise UsageError(str(error)) from error
    for pictures in sets:
        if not pictures.names:
            raise UsageError(f"{pictures.description}: no pictures that can be read")
    return sets


def _without_targets(sets: list[PictureSet]) -> list[str]:
    """Tell which sets cannot be measured without the OCR engine; raise where that is all."""
    lost = [pictures for pictures in sets if pictures.targets is None]
    if len(lost) == len(sets):
        raise UsageError("nothing can be measured on labelled plates without the OCR engine")
    return [
        f"{pictures.description}: not measured, which needs the OCR engine" for pictures in lost
    ]


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
    options: EvaluationOptions,
    comparisons: list[Comparison],
    parameters: dict[str, int | None],
    ranked_by: str,
    problems: list[str],
) -> None:
    """Write the files asked for; add what fails to the problems."""
    from cnn_denoiser.evaluation.comparison import to_json
    from cnn_denoiser.evaluation.sheets import to_sheet
    from plumbing.files.atomic import write_atomically
    from plumbing.pictures.codec import PictureError, write_picture

    if options.json is not None:
        results = [to_json(comparison, parameters) for comparison in comparisons]
        text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
        try:
            write_atomically(options.json, text.encode())
        except OSError as error:
            problems.append(f"{options.json}: {error}")
    if options.sheet is None:
        return
    if options.one_sheet:
        sheets = {options.sheet: comparisons}
    else:
        sheets = {options.sheet / f"{c.pictures.name}.png": [c] for c in comparisons}
    for path, shown in sheets.items():
        try:
            path.parent.mkdir(exist_ok=True)
            write_picture(path, to_sheet(shown, ranked_by))
        except (OSError, PictureError) as error:
            problems.append(f"{path}: {error}")


if __name__ == "__main__":
    sys.exit(main())
