"""Measure `deblur_images.py` against what it could be: `python3 -m benchmarks.deblurring`.

Prints one table of ratios, all of one run on one machine, for each network:

- start: the command's time for one picture over that of `import tensorflow` alone
- files: pictures a second of the command, start included, over those of ONNX Runtime alone on
  arrays in memory; in f32 and in int8
- names: seconds in which many pictures are planned, over those of listing their folder
- matrices: floating-point operations a second of ONNX Runtime in f32 over those of a large product
  of matrices
- tensorflow: pictures a second of the runtime, on arrays in memory, over those of TensorFlow given
  a picture at a time, as the original programme was; in f32, in int8 and, where it can be had, bf16
- memory: the most that the command holds, for many pictures over few

What is compared is run by turns, and the best of the runs counts: what else the machine does only
adds to the time. All of it takes some ten minutes on two cores, most of them for the memory;
`--parts` picks some.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.ratios import HEADER, MATRIX_SIDE, MEGABYTE, Row, fastest, seconds
from benchmarks.tensorflow_network import tensorflow_process
from benchmarks.watched_process import run_python
from cnn_denoiser.deblurring.network import BATCH_SIZE, Precision, onnx_file
from cnn_denoiser.deblurring.runtimes import as_it_is_written, in_bfloat16
from cnn_denoiser.frames import to_network
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.shipped import shipped_model_folder, shipped_models
from plumbing.pictures.codec import find_pictures, read_picture
from plumbing.pictures.frame import to_frame

PROJECT = Path(__file__).resolve().parents[1]
PICTURES = PROJECT / "data" / "100blurred"
PARTS = ("start", "files", "names", "matrices", "tensorflow", "memory")
BATCHES = 4  # in each short run of a network alone
PLAN = """
import sys
from pathlib import Path
from cnn_denoiser.deblurring.planning import make_plan
make_plan([Path(sys.argv[1])], Path(sys.argv[2]))
"""


class Bench:
    """One network and where its pictures lie."""

    def __init__(self, model: str, scratch: Path, runs: int):
        self.model = model
        self._scratch = scratch
        self._runs = runs
        self._folder = shipped_model_folder(model)
        paths = find_pictures(PICTURES)[: BATCHES * BATCH_SIZE]
        pictures = to_network(np.stack([to_frame(read_picture(path)) for path in paths]))
        self._batches = np.split(pictures, BATCHES)

    def start(self) -> Row:
        """Compare the command for one picture with the import of TensorFlow."""
        command, imported = fastest(
            self._runs,
            lambda: self._command(1)[0],
            lambda: run_python("-c", "import tensorflow")[0],
        )
        return Row(
            "start to first picture",
            f"{command:.2f} s",
            f"import tensorflow: {imported:.2f} s",
            command / imported,
            "< 0.167",
        )

    def files(self, count: int, precision: Precision) -> Row:
        """Compare the command for many pictures with the runtime alone."""
        run = self._runtime(precision)
        command, alone = fastest(
            self._runs,
            lambda: self._command(count, precision)[0] / count,
            lambda: self._alone(run),
        )
        return Row(
            f"command, {precision}, {count} files",
            f"{1 / command:.1f} pictures/s",
            f"in memory: {1 / alone:.1f} pictures/s",
            alone / command,
            ">= 0.92",
        )

    def names(self, count: int) -> Row:
        """Compare the planning of many pictures with the listing of their folder."""
        source = self._scratch / "names"
        if not source.exists():
            source.mkdir()
            for number in range(count):
                (source / f"{number:06d}.jpg").touch()
        start, planned, listed = fastest(
            self._runs,
            lambda: run_python("-c", PLAN, PICTURES, self._scratch)[0],
            lambda: run_python("-c", PLAN, source, self._scratch)[0],
            lambda: seconds(lambda: os.listdir(source)),
        )
        return Row(
            f"planning, {count} names",
            f"{planned - start:.2f} s",
            f"listing: {listed:.2f} s",
            (planned - start) / listed,
            "< 2 s",
        )

    def matrices(self, operations: float) -> Row:
        """Compare the operations a second of the runtime with those of a product of matrices."""
        run = self._runtime("f32")
        matrix = np.random.default_rng(0).random((MATRIX_SIDE, MATRIX_SIDE), np.float32)
        alone, product = fastest(
            self._runs, lambda: self._alone(run), lambda: seconds(lambda: matrix @ matrix)
        )
        network, peak = operations / alone, 2 * MATRIX_SIDE**3 / product
        return Row(
            "operations, f32",
            f"{network / 1e9:.0f} GFLOP/s",
            f"matrix product: {peak / 1e9:.0f} GFLOP/s",
            network / peak,
            "",
        )

    def tensorflow(self, one_by_one: Callable[[], float], precision: Precision) -> Row:
        """Compare the runtime with TensorFlow, which is given a picture at a time."""
        run = self._runtime(precision)
        alone, original = fastest(self._runs, lambda: self._alone(run), one_by_one)
        return Row(
            f"network, {precision}",
            f"{1 / alone:.1f} pictures/s",
            f"TensorFlow one by one: {1 / original:.1f} pictures/s",
            original / alone,
            ">= 1.3" if precision == "f32" else ">= 2",
        )

    def memory(self, few: int, many: int) -> Row:
        """Compare the memory that the command needs for many pictures and for few."""
        less, more = (self._command(count)[1] for count in (few, many))
        return Row(
            f"memory, {many} files",
            f"{more / MEGABYTE:.0f} MB",
            f"{few} files: {less / MEGABYTE:.0f} MB",
            more / less,
            "< 300 MB",
        )

    def _runtime(self, precision: Precision) -> Callable[[np.ndarray], list[np.ndarray]]:
        path = onnx_file(self._folder, precision)
        open_network = in_bfloat16 if precision == "bf16" else as_it_is_written
        return open_network(path.read_bytes(), path).run

    def _alone(self, run: Callable[[np.ndarray], list[np.ndarray]]) -> float:
        """Run the network on arrays in memory; return the seconds that a picture took."""
        return seconds(lambda: [run(batch) for batch in self._batches]) / BATCHES / BATCH_SIZE

    def _command(self, count: int, precision: Precision = "f32") -> tuple[float, float]:
        """Deblur so many files with the command; return its seconds and memory in bytes."""
        source = self._scratch / str(count)
        if not source.exists():
            source.mkdir()
            paths = find_pictures(PICTURES)
            for number in range(count):
                path = paths[number % len(paths)]
                shutil.copyfile(path, source / f"{number:06d}{path.suffix}")
        results = self._scratch / "results"
        options = ("--model", self.model, "--precision", precision)
        figures = run_python("deblur_images.py", source, results, *options)
        shutil.rmtree(results)
        return figures


def rows_of(bench: Bench, options: argparse.Namespace) -> Iterator[Row]:
    """Measure one network and give the rows as they come."""
    if "start" in options.parts:
        yield bench.start()
    if "files" in options.parts:
        yield bench.files(options.pictures, "f32")
        yield bench.files(options.pictures, "int8")
    if "names" in options.parts:
        yield bench.names(options.names)
    if {"matrices", "tensorflow"} & set(options.parts):
        with tensorflow_process(bench.model) as connection:
            operations = connection.recv()

            def one_by_one() -> float:
                connection.send("again")
                return connection.recv()

            if "matrices" in options.parts:
                yield bench.matrices(operations)
            if "tensorflow" in options.parts:
                yield bench.tensorflow(one_by_one, "f32")
                yield bench.tensorflow(one_by_one, "int8")
                try:
                    yield bench.tensorflow(one_by_one, "bf16")
                except CheckpointError as error:
                    print(f"  network, bf16: {error}")
    if "memory" in options.parts:
        yield bench.memory(*options.memory)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", choices=shipped_models(), help="(default: all)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="(default: all)")
    parser.add_argument("--runs", type=int, default=5, help="of each measurement (default: 5)")
    parser.add_argument(
        "--pictures", type=int, default=1000, metavar="N", help="files to deblur (default: 1000)"
    )
    parser.add_argument(
        "--names", type=int, default=100_000, metavar="N", help="to plan (default: 100000)"
    )
    parser.add_argument(
        "--memory",
        type=int,
        nargs=2,
        default=(100, 10_000),
        metavar=("FEW", "MANY"),
        help="files to deblur for the memory (default: 100 10000)",
    )
    options = parser.parse_args()
    print(HEADER)
    for model in options.model or shipped_models():
        print(model)
        with tempfile.TemporaryDirectory() as scratch:
            for row in rows_of(Bench(model, Path(scratch), options.runs), options):
                print(row, flush=True)


if __name__ == "__main__":
    main()
