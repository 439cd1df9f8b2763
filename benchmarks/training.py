"""Measure training against what it could be: `python3 -m benchmarks.training`.

Prints one table of ratios, all of one run on one machine:

- loop: pictures a second with pairs that are blurred on the way, over those of the bare training
  step on constant arrays
- command: the same of `train.py` itself, which also logs and saves; without its start
- operations: floating-point operations a second of the bare step over those of a large product of
  matrices, in the same precision
- pipeline: pairs a second that so many processes make, over the pictures a second that the network
  learns from; they have the machine to themselves, and their bank of drawn plates is full
- memory: what the command and its processes hold at the last batch, over batch 100

Loop and bare step, and step and product, are run by turns, and the best of the runs counts: what
else the machine does only adds to the time.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.ratios import HEADER, MATRIX_SIDE, MEGABYTE, Row, fastest, seconds
from benchmarks.running import run_benchmark
from benchmarks.tensorflow_network import multiplications
from benchmarks.training_command import CHOSEN, FIRST_BATCH, run_command
from cnn_denoiser.model_definitions import PRECISIONS, list_models
from cnn_denoiser.model_definitions.keras_backend import load_keras
from cnn_denoiser.training.batch import Batch
from cnn_denoiser.training.data.pairs import TrainingPairs
from cnn_denoiser.training.data.stream import stream_batches
from cnn_denoiser.training.data.training_data import open_data
from cnn_denoiser.training.distributed.strategies import open_strategy
from cnn_denoiser.training.distributed.worker import Worker
from cnn_denoiser.training.options import TrainingOptions, with_recipe
from plates.slots import SLOTS
from plumbing.commands.numbers import whole_number
from plumbing.commands.options import Parser
from plumbing.commands.signals import StopSignals
from plumbing.pictures.frame import HEIGHT, WIDTH

PARTS = ("loop", "command", "operations", "pipeline", "memory")
# The processes blur ahead while the bare step is measured; so many batches use that up.
UNCOUNTED = 5


class Bench:
    """A network, its training step, and arrays to learn from."""

    def __init__(self, settings: TrainingOptions, batches: int, runs: int) -> None:
        """Build and trace everything; `UsageError` where there are no plates."""
        plates = open_data(settings).plates
        load_keras()
        from cnn_denoiser.training.learner import Learner

        self._settings, self._batches, self._runs = settings, batches, runs
        strategy = open_strategy("single", settings.batch_size, Worker())
        self._learner = Learner(settings, strategy)
        self._pairs = TrainingPairs(plates, settings.profile, settings.batch_size, seed=0)
        self._size = settings.batch_size
        random = np.random.default_rng(0)
        shape = (self._size, HEIGHT, WIDTH)
        frames = random.integers(0, 256, shape, np.uint8)
        characters = np.zeros((self._size, SLOTS), np.int8)
        self._call = [Batch(frames, frames, characters)] * settings.steps_per_call
        self._learner.learn(self._call)
        self._bare = min(self._learn_constant() for _ in range(2))

    def loop(self) -> Row:
        """Compare learning from pairs as they are made with the bare step."""
        per_call = self._settings.steps_per_call
        total = self._runs * (UNCOUNTED + self._batches) * per_call
        stream = stream_batches(self._pairs, 0, total, self._settings.workers)

        def learn_from(calls: int) -> None:
            for _ in range(calls):
                self._learner.learn(list(itertools.islice(stream, per_call)))

        def learn() -> float:
            learn_from(UNCOUNTED)
            elapsed = seconds(lambda: learn_from(self._batches))
            return elapsed / (self._batches * per_call * self._size)

        whole, self._bare = fastest(self._runs, learn, self._learn_constant)
        return self._against_bare(f"loop, {self._settings.workers} blurring", whole, ">= 0.97")

    def command(self, rate: float) -> Row:
        """Compare the pictures a second that the command logged with those of the bare step."""
        return self._against_bare("command", 1 / rate, ">= 0.97")

    def operations(self) -> Row:
        """Compare the operations a second of the step with those of a product of matrices."""
        import tensorflow as tf

        kind = "bfloat16" if self._settings.precision == "bf16" else "float32"
        matrix = tf.cast(tf.random.uniform((MATRIX_SIDE, MATRIX_SIDE)), kind)
        multiply = tf.function(lambda: tf.reduce_max(tf.matmul(matrix, matrix)))
        multiply()
        bare, product = fastest(
            self._runs, self._learn_constant, lambda: seconds(lambda: multiply().numpy())
        )
        # Forwards, and backwards twice: to the layer's input and to its weights.
        step = 3 * 2 * multiplications(self._learner.network) / bare
        peak = 2 * MATRIX_SIDE**3 / product
        return Row(
            f"operations, {self._settings.precision}",
            f"{step / 1e9:.0f} GFLOP/s",
            f"matrix product: {peak / 1e9:.0f} GFLOP/s",
            step / peak,
            ">= 0.70",
        )

    def pipeline(self, workers: int) -> Row:
        """Compare the pairs a second of so many processes with what the network learns from."""
        # The first epoch fills the bank.
        uncounted = self._pairs.batches_in_epoch + UNCOUNTED
        total = uncounted + self._batches * workers
        stream = stream_batches(self._pairs, 0, total, workers)
        for _ in itertools.islice(stream, uncounted):
            pass
        elapsed = seconds(lambda: list(stream))
        pair = elapsed / (self._batches * workers * self._size)
        return self._against_bare(f"pipeline, {workers} blurring", pair, "", "pairs/s")

    def _against_bare(self, name: str, one: float, aim: str, unit: str = "pictures/s") -> Row:
        return Row(
            name,
            f"{1 / one:.1f} {unit}",
            f"bare step: {1 / self._bare:.1f} pictures/s",
            self._bare / one,
            aim,
        )

    def _learn_constant(self) -> float:
        """Return the seconds that a picture takes."""
        elapsed = seconds(lambda: [self._learner.learn(self._call) for _ in range(self._batches)])
        return elapsed / (self._batches * len(self._call) * self._size)


def rows_of(settings: TrainingOptions, options: argparse.Namespace) -> Iterator[Row]:
    """Measure, and give the rows as they come."""
    parts = set(options.parts)
    bench = Bench(settings, options.batches, options.runs)
    if "loop" in parts:
        yield bench.loop()
    if "operations" in parts:
        yield bench.operations()
    if {"command", "memory"} & parts:
        with tempfile.TemporaryDirectory() as scratch:
            rate, held = run_command(settings, Path(scratch))
        if "command" in parts:
            yield bench.command(rate)
        if "memory" in parts and held:
            yield Row(
                f"memory, batch {settings.num_iter}",
                f"{held[-1] / MEGABYTE:.0f} MB",
                f"batch {FIRST_BATCH}: {held[0] / MEGABYTE:.0f} MB",
                held[-1] / held[0],
                "flat",
            )
    if "pipeline" in parts:
        for workers in options.pipeline:
            yield bench.pipeline(workers)


def compare(signals: StopSignals) -> None:
    """Print the table."""
    cores = os.cpu_count() or 1
    parser = Parser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=list_models(), default="unet", help="(default: unet)")
    parser.add_argument("--precision", choices=sorted(PRECISIONS), default="f32")
    parser.add_argument("--batch-size", type=int, default=16, help="(default: 16)")
    parser.add_argument("--workers", type=int, default=1, help="that blur (default: 1)")
    parser.add_argument(
        "--data", nargs="+", default=(), metavar="DIR", help="sharp plates (default: synthetic)"
    )
    for share in ("synthetic-share", "recombined-share"):
        parser.add_argument(f"--{share}", type=float, default=0.0, help="as of train.py")
    parser.add_argument("--steps-per-call", type=int, default=1, help="(default: 1)")
    parser.add_argument("--width", type=float, default=1.0, help="(default: 1)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="(default: all)")
    parser.add_argument("--runs", type=int, default=5, help="of each measurement (default: 5)")
    parser.add_argument("--batches", type=int, default=10, help="in each run (default: 10)")
    parser.add_argument(
        "--num-iter",
        type=whole_number(2 * FIRST_BATCH),
        default=2 * FIRST_BATCH,
        help=f"batches of the command (default: {2 * FIRST_BATCH})",
    )
    parser.add_argument(
        "--pipeline",
        type=int,
        nargs="+",
        default=sorted({1, cores}),
        metavar="N",
        help="how many processes to measure alone (default: 1, and all cores)",
    )
    options = parser.parse_args()
    chosen = {name: getattr(options, name) for name in CHOSEN}
    settings = with_recipe({**chosen, "data": tuple(options.data), "validation_share": 0.0})
    print(f"{options.model}, {options.precision}, batches of {options.batch_size}")
    print(HEADER)
    for row in rows_of(settings, options):
        print(row, flush=True)
        signals.check()


def main() -> int:
    """Run the benchmark and return its exit code."""
    return run_benchmark("training", compare)


if __name__ == "__main__":
    sys.exit(main())
