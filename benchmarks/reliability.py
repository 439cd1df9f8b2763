"""Draw how far a network's probabilities hold: `python3 -m benchmarks.reliability`.

A reliability diagram: characters in ten bins by the probability that the network gave them, and of
each bin the share that is right. On synthetic plates under some profiles, other plates than those
that the temperature was fitted on, and with --labelled on blurred plates whose texts are known.
Draws the picture, and prints the figures as a table.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from tabulate import tabulate

from blurrer import list_profiles
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.evaluation.measurement import run
from cnn_denoiser.evaluation.methods import deblur_by
from cnn_denoiser.evaluation.options import MOST_SYNTHETIC
from cnn_denoiser.evaluation.picture_sets import PictureSet, draw_plates, read_labelled_folder
from cnn_denoiser.evaluation.reliability import BINS, Confidences, confidences
from plumbing.commands.numbers import whole_number
from plumbing.labels import read_labels

PROFILES = ("camera", "main")


def read_sets(options: argparse.Namespace) -> list[PictureSet]:
    """Return the sets of plates that the options ask for."""
    sets = [
        draw_plates(options.synthetic, profile, options.seed)
        for profile in options.profile or PROFILES
    ]
    if options.labelled is not None:
        labels = read_labels(options.labels or options.labelled / "labels.csv")
        sets.append(read_labelled_folder(options.labelled, labels, None))
    return sets


def table(found: Mapping[str, Confidences]) -> str:
    """Return a row a bin and, at last, the expected calibration error and the sure characters."""
    rows = [[f"{n / BINS:.1f} to {(n + 1) / BINS:.1f}"] for n in range(BINS)]
    last = [["calibration error"], ["at least 90 % sure"]]
    for each in found.values():
        for row, one in zip([*rows, last[1]], [*each.bins, each.sure], strict=True):
            told = f"{one.right:.1%} right, said {one.probability:.1%}, of {one.characters:,}"
            row.append(told if one.characters else "")
        last[0].append("" if each.expected_error is None else f"{each.expected_error:.3f}")
    headers = ["probability", *found]
    return tabulate([*rows, *last], headers, tablefmt="github", disable_numparse=True)


def draw(found: Mapping[str, Confidences], path: Path) -> None:
    """Draw the diagram, and how many characters are in the bins."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4), dpi=100, layout="constrained")
    shares, counts = figure.subplots(1, 2)
    shares.plot([0, 1], [0, 1], color="black", linewidth=0.8, linestyle="dashed")
    for name, each in found.items():
        bins = [one for one in each.bins if one.characters]
        said = [one.probability for one in bins]
        right = [one.right for one in bins]
        errors = [(one.right * (1 - one.right) / one.characters) ** 0.5 for one in bins]
        parts = [one.characters / len(each.right) for one in bins]
        label = f"{name}: {each.expected_error or 0:.3f}"
        shares.errorbar(said, right, errors, marker="o", markersize=4, linewidth=1, label=label)
        counts.plot(said, parts, marker="o", markersize=4, linewidth=1)
    shares.set(
        xlabel="probability said",
        ylabel="share right, and its standard error",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    shares.legend(title="expected calibration error", loc="lower right", fontsize="small")
    counts.set(xlabel="probability said", ylabel="share of all characters", xlim=(0, 1))
    counts.set_yscale("log")
    for axes in (shares, counts):
        axes.grid(visible=True, alpha=0.3)
    figure.savefig(path)


def main() -> None:
    """Read all sets, draw the picture and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--model", help="a shipped network (default: the default one)")
    network.add_argument("--checkpoint", type=Path, help="a model folder or a run's folder")
    parser.add_argument("--synthetic", type=whole_number(1, MOST_SYNTHETIC), default=500,
        help="plates to draw (default: 500)")  # fmt: skip
    parser.add_argument("--profile", choices=list_profiles(), action="append",
        help="how they are blurred; repeatable (default: camera and main)")  # fmt: skip
    parser.add_argument("--seed", type=whole_number(0), default=2017, help="(default: 2017)")
    parser.add_argument("--labelled", type=Path, help="a folder of blurred plates")
    parser.add_argument("--labels", type=Path, help="(default: labels.csv beside them)")
    parser.add_argument("--picture", type=Path, default=Path("docs/reliability.png"))
    options = parser.parse_args()
    reader = load_network(options.model, options.checkpoint)
    if not reader.reads:
        parser.error(f"{reader.model} does not read plates")
    found = {}
    for pictures in read_sets(options):
        restored, _ = run(deblur_by(reader), pictures.frames, lambda: None)
        found[pictures.name] = confidences(restored.readings or [], pictures.labels)
    draw(found, options.picture)
    print(f"temperature {reader.temperature:g}", table(found), sep="\n\n")


if __name__ == "__main__":
    main()
