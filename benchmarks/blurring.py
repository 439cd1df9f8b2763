"""Measure the blurrer on one core: `python3 -m benchmarks.blurring`.

Prints pairs a second for each profile, and microseconds for each stage, of plates drawn by
`plates`. Each figure is the least processor time of many short runs: what else the machine does
only adds to it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import cv2
import numpy as np

from blurrer import degradations, geometry, kernels, list_profiles, make_pair
from plates import draw_plate
from plumbing.pictures.frame import HEIGHT, WIDTH

PLATES = 50

# The stages as `camera` runs them: most pictures are blurred at half the frame's size, and what
# comes after the sensor is done at its size.
HALF = (WIDTH // 2, HEIGHT // 2)
SENSOR = (85, 32)


def microseconds(work: Callable[[], object], runs: int) -> float:
    """Return the least processor time of `work` in microseconds."""
    work()
    times = []
    for _ in range(runs):
        started = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - started)
    return min(times) / 1000


def profile_rows(plates: list[np.ndarray], runs: int) -> list[tuple[str, float, float]]:
    """Return name, pairs a second and microseconds a pair for each profile."""
    rows = []
    for profile in list_profiles():

        def work(profile: str = profile) -> None:
            rng = np.random.default_rng(0)
            for plate in plates:
                make_pair(plate, rng, profile)

        pair = microseconds(work, runs) / len(plates)
        rows.append((profile, 1e6 / pair, pair))
    return rows


def stage_rows(plate: np.ndarray, runs: int) -> list[tuple[str, float]]:
    """Return name and microseconds for each stage."""
    rng = np.random.default_rng(0)
    grey = cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    frame = geometry.fit(grey)
    half = degradations.resize(frame, *HALF)
    small = degradations.resize(frame, *SENSOR)
    corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
    line = kernels.motion(20, 40)
    half_line = kernels.motion(10, 40)
    half_spread = kernels.gaussian(0.8)
    half_kernel = kernels.combine(half_line, half_spread)
    shake = np.cumsum(rng.standard_normal((12, 2)), axis=0)
    stages: dict[str, Callable[[], object]] = {
        "fit": lambda: geometry.fit(grey),
        "warp": lambda: geometry.warp(frame, corners, corners + 2.0, bow=2.0),
        "kernel: motion": lambda: kernels.motion(10, 40),
        "kernel: path": lambda: kernels.path(shake),
        "kernel: Gaussian": lambda: kernels.gaussian(0.8),
        "kernel: defocus": lambda: kernels.defocus(2.0),
        "kernel: ghost": lambda: kernels.ghost(5.0, 30, 0.3),
        "kernel: combine two": lambda: kernels.combine(half_line, half_spread),
        "convolve, 270x90": lambda: degradations.convolve(frame, line),
        "convolve, 135x45": lambda: degradations.convolve(half, half_kernel),
        "sample": lambda: degradations.resize(half, *SENSOR),
        "noise": lambda: degradations.noise(small, rng, 2, 2),
        "sharpen": lambda: degradations.sharpen(small, 1.5, 1.0),
        "CLAHE": lambda: degradations.equalise(small, 2.0, (3, 2)),
        "JPEG": lambda: degradations.jpeg(small, 60),
        "enlarge": lambda: degradations.resize(small, WIDTH, HEIGHT, "cubic"),
    }
    return [(name, microseconds(work, runs)) for name, work in stages.items()]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20, help="repetitions (default: 20)")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    plates = [draw_plate(rng)[0] for _ in range(PLATES)]
    print("profile         pairs/s  us a pair")
    for profile, pairs, pair in profile_rows(plates, options.runs):
        print(f"{profile:<14}{pairs:>9.0f}{pair:>11.0f}")
    print("\nstage                us")
    for stage, time_taken in stage_rows(plates[0], 10 * options.runs):
        print(f"{stage:<18}{time_taken:>5.0f}")


if __name__ == "__main__":
    main()
