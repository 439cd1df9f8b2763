"""Measure what pretraining brings: `python3 -m benchmarks.pretraining`.

Trains moussaka without pretraining, pretrained layer by layer as autoencoders, and as a deep
belief network, with several seeds each and the same time for all: the seconds of pretraining
count. Draws the loss on validation plates against time, and prints a table. Plates are synthetic,
those of validation others than those of training; they are made while the clock stands still.
Time is that of the processor, all its cores together, so that what else the machine does makes
little difference.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

from benchmarks.running import run_benchmark
from blurrer import Pair
from cnn_denoiser.frames import to_network
from cnn_denoiser.model_definitions import PRECISIONS
from cnn_denoiser.model_definitions.keras_backend import load_keras
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.data.pairs import TrainingPairs
from cnn_denoiser.training.data.plates import SyntheticPlates
from cnn_denoiser.training.distributed.strategies import open_strategy
from cnn_denoiser.training.distributed.worker import Worker
from cnn_denoiser.training.options import NO_PRETRAINING, with_recipe
from cnn_denoiser.training.pretraining import PRETRAININGS
from plumbing.commands.errors import UsageError
from plumbing.commands.numbers import path
from plumbing.commands.options import Parser
from plumbing.commands.signals import StopSignals

KINDS = (NO_PRETRAINING, *PRETRAININGS)
VALIDATION_SEED = 999_999
VALIDATION_BATCHES = 4
POINTS = 20  # of a curve


class Stopwatch:
    """Counts processor seconds, but for those of the batches that are taken from `paused`."""

    def __init__(self) -> None:
        """Start."""
        self._start = time.process_time()

    @property
    def seconds(self) -> float:
        """Processor seconds so far."""
        return time.process_time() - self._start

    def paused(self, pairs: TrainingPairs) -> Iterator[Batch]:
        """Yield the batches of `pairs`, whose making does not count."""
        number = 0
        while True:
            started = time.process_time()
            batch = pairs.batch(number)
            self._start += time.process_time() - started
            yield batch
            number += 1

    def skip(self, since: float) -> None:
        """Leave out what has passed since the watch stood at `since` seconds."""
        self._start += self.seconds - since


@dataclass
class Run:
    """One training: how its loss on the validation plates went."""

    kind: str
    seed: int
    pretraining_seconds: float = 0.0
    batches: int = 0
    seconds: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


def train(kind: str, seed: int, validation: Pair, options: argparse.Namespace) -> Run:
    """Pretrain and train for `options.seconds`, and measure all along."""
    import keras

    from cnn_denoiser.training.learner import Learner
    from cnn_denoiser.training.pretraining.layerwise import pretrain

    keras.backend.clear_session()
    settings = with_recipe(
        {
            "model": "moussaka",
            # The rate rises for a tenth of these and stays: how many there will be is not known.
            "num_iter": 1000,
            "final_rate": 1.0,
            "batch_size": options.batch_size,
            "seed": seed,
            "precision": options.precision,
            "width": options.width,
            "dropout": 0.0,
        }
    )
    pairs = TrainingPairs(SyntheticPlates(), settings.profile, settings.batch_size, seed)
    learner = Learner(settings, open_strategy("single", settings.batch_size, Worker()))
    judge = keras.Model(learner.network.inputs, learner.network.outputs)
    judge.jit_compile = False
    blurred, sharp = (to_network(side) for side in validation)
    run = Run(kind, seed)
    watch = Stopwatch()

    def measure() -> None:
        seconds = watch.seconds
        run.seconds.append(seconds)
        steps = range(0, len(blurred), settings.batch_size)
        deblurred = [judge.predict_on_batch(blurred[i : i + settings.batch_size]) for i in steps]
        run.losses.append(float(np.mean(np.square(np.concatenate(deblurred) - sharp))))
        watch.skip(seconds)

    if kind != NO_PRETRAINING:
        plates = (to_network(batch.sharp) for batch in watch.paused(pairs))
        for _ in pretrain(learner.network, plates, options.pretraining_batches, seed, kind):
            pass
        run.pretraining_seconds = watch.seconds
    measure()
    for batch in watch.paused(pairs):
        if watch.seconds >= options.seconds:
            break
        learner.learn([batch])
        run.batches += 1
        if watch.seconds - run.seconds[-1] >= options.seconds / POINTS:
            measure()
    measure()
    return run


def table(runs: list[Run]) -> str:
    """Return the figures of each kind: means over the seeds, and the range of the last loss."""
    rows: list[dict[str, Any]] = []
    for kind in KINDS:
        those = [run for run in runs if run.kind == kind]
        if not those:
            continue
        last = [run.losses[-1] for run in those]
        rows.append(
            {
                "pretraining": kind,
                "its seconds": f"{statistics.mean(run.pretraining_seconds for run in those):.0f}",
                "batches of training": f"{statistics.mean(run.batches for run in those):.0f}",
                "first loss": f"{statistics.mean(run.losses[0] for run in those):.4f}",
                "last loss": f"{statistics.mean(last):.4f}",
                "from": f"{min(last):.4f}",
                "to": f"{max(last):.4f}",
            }
        )
    return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)


def draw(runs: list[Run], picture: Path) -> None:
    """Draw the loss of every run against time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), dpi=100, layout="constrained")
    axes = figure.subplots()
    for run in runs:
        label = run.kind if run.seed == runs[0].seed else None
        colour = f"C{KINDS.index(run.kind)}"
        axes.plot(run.seconds, run.losses, color=colour, label=label, linewidth=1.2)
    axes.set(xlabel="processor seconds, pretraining included", ylabel="mean squared error")
    axes.set_yscale("log")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend(title="pretraining")
    figure.savefig(picture)


def read_command_line() -> argparse.Namespace:
    """Return the options; `UsageError`."""
    parser = Parser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--width", type=float, default=1, help="share of moussaka's channels, to "
        "see a longer training in the same time (default: 1)")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each kind (default: 3)")
    parser.add_argument("--seconds", type=float, default=3600, help="for each training, in "
        "processor seconds (default: 3600)")  # fmt: skip
    parser.add_argument("--batch-size", type=int, default=16, help="(default: 16)")
    parser.add_argument("--pretraining-batches", type=int, default=50, help="for each layer "
        "(default: 50)")  # fmt: skip
    parser.add_argument("--precision", choices=sorted(PRECISIONS), default="f32", help="of the "
        "training proper (default: f32)")  # fmt: skip
    parser.add_argument("--picture", type=path, default=Path("docs/pretraining.png"))
    options = parser.parse_args()
    if not options.picture.parent.is_dir():
        raise UsageError(f"{options.picture.parent} is not a folder")
    return options


def compare(signals: StopSignals) -> None:
    """Run all trainings, draw the picture and print the table."""
    options = read_command_line()
    load_keras()
    pairs = TrainingPairs(SyntheticPlates(), "camera", options.batch_size, VALIDATION_SEED)
    batches = [pairs.batch(number) for number in range(VALIDATION_BATCHES)]
    validation = Pair(
        np.concatenate([batch.blurred for batch in batches]),
        np.concatenate([batch.sharp for batch in batches]),
    )
    runs: list[Run] = []
    for seed in range(options.seeds):
        for kind in KINDS:
            runs.append(train(kind, seed, validation, options))
            print(f"{kind}, seed {seed}: {runs[-1].losses[-1]:.4f}", file=sys.stderr, flush=True)
            draw(runs, options.picture)
            signals.check()
    print(table(runs))


def main() -> int:
    """Run the benchmark and return its exit code."""
    return run_benchmark("pretraining", compare)


if __name__ == "__main__":
    sys.exit(main())
