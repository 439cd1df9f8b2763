"""Pictures a second of the plain command and of Ray with 1 and 2 workers; names planned.

    python3 -m benchmarks.scaling [--pictures 20000] [--names 1000000] [--model unet]

The same pictures (of data/100blurred, over and over) go through `deblur_images.py` and through
`cnn_denoiser.deblur_on_ray`, both on as many cores as there are workers. Start-up is measured
apart, by a run of one picture for each worker, and taken off.

Exits with 1 where a run fails or its results are not those of the plain command.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from plumbing.commands.numbers import whole_number
from plumbing.commands.options import make_parser, option, parse

PROJECT = Path(__file__).resolve().parents[1]
PLAIN = ("deblur_images.py",)
RAY = ("-m", "cnn_denoiser.deblur_on_ray")
PLANNING = """
import resource, sys, time
from pathlib import Path
from cnn_denoiser.deblurring.planning import make_plan
started = time.perf_counter()
plan = make_plan([Path(sys.argv[1])], Path(sys.argv[2]), recursive=True)
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{len(plan):,} names planned in {seconds:.1f} s and {peak:.0f} MB")
"""


@dataclass(frozen=True)
class ScalingOptions:
    """What to measure."""

    pictures: int = option("of each run", default=20_000, type=whole_number(10), metavar="N")
    names: int = option("that are planned", default=1_000_000, type=whole_number(1), metavar="N")
    model: str = option("the network", default="unet", metavar="NAME")
    rounds: int = option("of which the fastest counts", default=2, type=whole_number(1))


def main() -> int:
    """Measure, print a line for each, and return an exit code."""
    parser = make_parser(ScalingOptions, "benchmarks.scaling", __doc__ or "")
    options = ScalingOptions(**parse(ScalingOptions, parser, None))
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        _plan(scratch, options.names)
        source = _pictures(scratch / "source", options.pictures)
        plain = scratch / "plain"
        for count in range(1, min(2, len(cores)) + 1):
            used = cores[:count]
            alone = _pictures(scratch / f"start{count}", count)
            reference = 0.0
            for name, command, out in [
                ("plain command", PLAIN, plain),
                ("Ray", (*RAY, "--workers", str(count)), scratch / "ray"),
            ]:
                command = (*command, "--model", options.model)
                start = _fastest(command, alone, scratch / "one", used, options.rounds)
                whole = _fastest(command, source, out, used, options.rounds)
                rate = (options.pictures - count) / (whole - start)
                reference = reference or rate
                print(
                    f"{name}, {count} core{'s' * (count > 1)}: {rate:.1f} pictures a second, "
                    f"start-up {start:.1f} s, {rate / reference:.2f} of the plain command",
                    flush=True,
                )
            names = [path.name for path in source.iterdir()]
            same, _, _ = filecmp.cmpfiles(plain, scratch / "ray", names, shallow=False)
            if len(same) != len(names):
                print(f"{len(names) - len(same)} results differ", file=sys.stderr)
                return 1
    return 0


def _plan(scratch: Path, count: int) -> None:
    for number in range(count):
        folder = scratch / "names" / f"{number // 1000:05}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"{number:08}.jpg").touch()
    folders = [str(scratch / name) for name in ("names", "planned")]
    command = [sys.executable, "-c", PLANNING, *folders]
    subprocess.run(command, cwd=PROJECT, check=True)
    shutil.rmtree(scratch / "names")


def _pictures(folder: Path, count: int) -> Path:
    folder.mkdir()
    blurred = sorted((PROJECT / "data" / "100blurred").glob("*.jpg"))
    for number in range(count):
        shutil.copy(blurred[number % len(blurred)], folder / f"{number:06}.jpg")
    return folder


def _fastest(
    command: tuple[str, ...], source: Path, out: Path, cores: list[int], rounds: int
) -> float:
    """Return the seconds of the fastest of some runs on some cores."""
    seconds = []
    for _ in range(rounds):
        shutil.rmtree(out, ignore_errors=True)
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, *command, str(source), str(out), "--quiet"],
            cwd=PROJECT,
            check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        seconds.append(time.perf_counter() - started)
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
