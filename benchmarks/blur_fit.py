"""Compare artificial blur with real blur: `python3 -m benchmarks.blur_fit REAL SHARP`.

REAL is a folder of really blurred pictures, SHARP one of sharp plates, which the blurrer blurs.
Prints some statistics of both, 10th, 50th and 90th percentile over the pictures. The real ones are
told in two halves, every other one: ranges are fitted to the first, and judged by the second.
The last column is how far apart the second half and ours are: the mean difference of their
quantiles, in standard deviations of the real ones.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np

from benchmarks.given_pictures import read_folder
from benchmarks.running import run_benchmark
from blurrer import list_profiles, make_pair
from plumbing.commands.errors import NothingToDoError
from plumbing.commands.numbers import path, whole_number
from plumbing.commands.options import Parser
from plumbing.commands.signals import StopSignals
from plumbing.pictures.frame import to_frame

# The borders of a plate's picture show anything: what they are like says nothing of the blur.
INNER = (slice(15, 75), slice(20, 250))

# Cycles a pixel between which the slope of the spectrum is taken.
SLOPE_FROM, SLOPE_TO = 0.03, 0.3


def statistics(picture: np.ndarray) -> dict[str, float]:
    """Return the statistics of a picture, uint8 (90, 270), by their names."""
    inner = picture[INNER].astype(np.float32)
    deviation = float(inner.std()) + 1e-3
    along, across = np.diff(inner, axis=1), np.diff(inner, axis=0)
    energy_along, energy_across = (along**2).mean() + 1e-3, (across**2).mean() + 1e-3
    both = (along[:-1] * across[:, :-1]).mean() / np.sqrt(energy_along * energy_across)
    middle = np.median(inner)
    return {
        "standard deviation, grey levels": deviation,
        "98th percentile of gradient / deviation": np.percentile(np.abs(along), 98) / deviation,
        "kurtosis of gradient along rows": (along**4).mean() / energy_along**2,
        "ln gradient energy, across / along rows": np.log(energy_across / energy_along),
        "correlation of both gradients, absolute": abs(both),
        "slope of the spectrum, log-log": spectrum_slope(inner),
        "even 13x13 neighbourhoods, %": 100 * even_share(inner, deviation),
        "brightest 0.5 % over median / deviation": (np.percentile(inner, 99.5) - middle)
        / deviation,
        "darkest 0.5 % below median / deviation": (middle - np.percentile(inner, 0.5)) / deviation,
        "white (250 and more), %": 100 * (picture >= 250).mean(),
        "black (5 and less), %": 100 * (picture <= 5).mean(),
    }


def spectrum_slope(inner: np.ndarray) -> float:
    """Return the slope of the logarithm of power over that of frequency, of all directions."""
    height, width = inner.shape
    window = np.outer(np.hanning(height), np.hanning(width))
    power = np.abs(np.fft.fft2((inner - inner.mean()) * window)) ** 2
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    edges = np.geomspace(SLOPE_FROM, SLOPE_TO, 9)
    bands = np.digitize(radius, edges)
    means = [power[bands == band].mean() + 1e-2 for band in range(1, len(edges))]
    centres = np.sqrt(edges[1:] * edges[:-1])
    return float(np.polyfit(np.log(centres), np.log(means), 1)[0])


def even_share(inner: np.ndarray, deviation: float) -> float:
    """Return how much of the picture has a quarter of its deviation within 13x13 pixels, or less.

    Coarse blocks and noise reduction leave such, beside sharp edges.
    """
    mean = cv2.blur(inner, (13, 13))
    local = np.sqrt(np.maximum(cv2.blur(inner * inner, (13, 13)) - mean * mean, 0))
    return float((local < 0.25 * deviation).mean())


def distance(first: np.ndarray, second: np.ndarray, real: np.ndarray) -> float:
    """Return the mean difference of the quantiles, in standard deviations of `real`."""
    levels = np.linspace(0.05, 0.95, 19)
    difference = np.quantile(first, levels) - np.quantile(second, levels)
    return float(np.abs(difference).mean() / (real.std() + 1e-9))


def compare(signals: StopSignals) -> None:
    """Print the table."""
    parser = Parser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("real", type=path, help="folder of really blurred pictures")
    parser.add_argument("sharp", type=path, help="folder of sharp plates")
    parser.add_argument("--profile", choices=list_profiles(), default="camera")
    parser.add_argument("--count", type=whole_number(1), default=300,
        help="sharp plates (default: 300)")  # fmt: skip
    options = parser.parse_args()
    real = [statistics(to_frame(picture)) for picture in read_folder(options.real).values()]
    if len(real) < 2:
        raise NothingToDoError(f"{options.real}: one picture cannot be halved")
    sharp = list(read_folder(options.sharp).values())
    ours = []
    for number in range(options.count):
        signals.check()
        picture = sharp[number * len(sharp) // options.count]
        pair = make_pair(picture, np.random.default_rng([1, number]), options.profile)
        ours.append(statistics(pair.blurred))
    print(f"{'':42}{'real, 1st half':>22}{'real, 2nd half':>22}{options.profile:>22}  distance")
    for name in real[0]:
        columns = [np.array([row[name] for row in rows]) for rows in (real[::2], real[1::2], ours)]
        every = np.array([row[name] for row in real])
        cells = "".join(
            "{:>22}".format(" / ".join(f"{value:.2f}" for value in np.percentile(c, (10, 50, 90))))
            for c in columns
        )
        print(f"{name:42}{cells}{distance(columns[1], columns[2], every):>10.2f}")


def main() -> int:
    """Run the benchmark and return its exit code."""
    return run_benchmark("blur_fit", compare)


if __name__ == "__main__":
    sys.exit(main())
