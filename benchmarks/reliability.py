"""Draw how far a network's probabilities hold: `python3 -m benchmarks.reliability`.

A reliability diagram: characters in ten bins by the probability that the network gave them, and of
each bin the share that is right. On synthetic plates under some profiles, other plates than those
that the temperature was fitted on, and with --labelled on blurred plates whose texts are known.
Prints the figures as a table, and draws the picture, in which bins of few characters are joined
with their neighbours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tabulate import tabulate

from benchmarks.given_pictures import read_plates
from benchmarks.running import run_benchmark
from blurrer import list_profiles
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.evaluation.measurement import run
from cnn_denoiser.evaluation.methods import deblur_by
from cnn_denoiser.evaluation.options import MOST_SYNTHETIC, EvaluationOptions
from cnn_denoiser.evaluation.reliability import BINS, Bin, Confidences, confidences
from plumbing.commands.errors import UsageError
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import Parser
from plumbing.commands.signals import StopSignals

PROFILES = ("camera", "main")
FEWEST = 10  # characters of a point in the diagram
Z = 1.96  # standard deviations on either side that hold 95 % of a normal distribution


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


def join(bins: Sequence[Bin]) -> list[Bin]:
    """Join neighbouring bins, from the least probable up, until each has FEWEST characters.

    What is left over at the upper end goes to the last; empty ones go.
    """
    joined: list[Bin] = []
    for one in bins:
        if one.characters and joined and joined[-1].characters < FEWEST:
            joined[-1] = _both(joined[-1], one)
        elif one.characters:
            joined.append(one)
    if len(joined) > 1 and joined[-1].characters < FEWEST:
        last = joined.pop()
        joined[-1] = _both(joined[-1], last)
    return joined


def interval(one: Bin) -> tuple[float, float]:
    """Return between which shares the right one lies, by 95 %, if characters are independent.

    The score interval of Wilson (1927, doi:10.1080/01621459.1927.10502953), which has a width even
    where all of a few are right.
    """
    n, share = one.characters, one.right
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * (share * (1 - share) / n + (Z / (2 * n)) ** 2) ** 0.5 / (1 + Z**2 / n)
    return middle - half, middle + half


def _both(first: Bin, second: Bin) -> Bin:
    weights = first.characters, second.characters
    means = np.average([first[1:], second[1:]], axis=0, weights=weights)
    return Bin(sum(weights), *map(float, means))


def draw(found: Mapping[str, Confidences], picture: Path) -> None:
    """Draw the diagram, and how many characters each of its points has."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4), dpi=100, layout="constrained")
    shares, counts = figure.subplots(1, 2)
    shares.plot([0, 1], [0, 1], color="black", linewidth=0.8, linestyle="dashed")
    for number, (name, each) in enumerate(found.items()):
        bins = join(each.bins)
        said = [one.probability for one in bins]
        right = np.array([one.right for one in bins])
        bars = np.abs(np.array([interval(one) for one in bins]).T - right)
        line = {"marker": "o", "markersize": 4, "linewidth": 1, "zorder": 10 - number}
        label = f"{name}: {each.expected_error or 0:.3f}"
        shares.errorbar(said, right, bars, capsize=2, label=label, **line)
        counts.plot(said, [one.characters for one in bins], **line)
    shares.set(ylabel="share right, and its 95 % interval", ylim=(0, 1.02))
    counts.set(ylabel="characters", yscale="log")
    lines = shares.get_legend_handles_labels()
    counts.legend(*lines, title="expected calibration error", loc="upper left", fontsize="small")
    for axes in (shares, counts):
        axes.set(xlabel="probability said", xlim=(0, 1.02))
        axes.grid(visible=True, alpha=0.3)
    figure.savefig(picture)


def read_command_line() -> argparse.Namespace:
    """Return the options; `UsageError`."""
    parser = Parser(description=(__doc__ or "").splitlines()[0])
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--model", help="a shipped network (default: the default one)")
    network.add_argument("--checkpoint", type=path, help="a model folder or a run's folder")
    parser.add_argument("--synthetic", type=whole_number(1, MOST_SYNTHETIC), default=500,
        help="plates to draw (default: 500)")  # fmt: skip
    parser.add_argument("--profile", choices=list_profiles(), action="append",
        help="how they are blurred; repeatable (default: camera and main)")  # fmt: skip
    parser.add_argument("--seed", type=whole_number(0), default=2017, help="(default: 2017)")
    parser.add_argument("--labelled", type=path, help="a folder of blurred plates")
    parser.add_argument("--labels", type=path, help="(default: labels.csv beside them)")
    parser.add_argument("--picture", type=path, default=Path("docs/reliability.png"))
    options = parser.parse_args()
    if not options.picture.parent.is_dir():
        raise UsageError(f"{options.picture.parent} is not a folder")
    return options


def measure(signals: StopSignals) -> None:
    """Read all sets, print the table and draw the picture."""
    options = read_command_line()
    sets = EvaluationOptions(
        labelled=options.labelled,
        labels=options.labels,
        synthetic=options.synthetic,
        profile=tuple(options.profile or PROFILES),
        seed=options.seed,
    )
    reader = load_network(options.model, options.checkpoint)
    if not reader.reads:
        raise UsageError(f"{reader.model} does not read plates")
    found = {}
    for pictures in read_plates(sets, signals):
        restored, _ = run(deblur_by(reader), pictures.frames, signals.check)
        name = f"{len(pictures.names):,} {pictures.name}"
        found[name] = confidences(restored.readings or [], pictures.labels)
    print(f"temperature {reader.temperature:g}", table(found), sep="\n\n")
    draw(found, options.picture)


def main() -> int:
    """Run the benchmark and return its exit code."""
    return run_benchmark("reliability", measure)


if __name__ == "__main__":
    sys.exit(main())
