"""Compare settings of the classical methods: `python3 -m benchmarks.baseline_settings`.

Prints, for each setting, the mean PSNR and how well OCR engines read what it makes of plates drawn
by `plates` and blurred by the profile `camera`, as means over the engines that are installed.
`cnn_denoiser/evaluation/baselines.py` uses those by which the most letters and digits are read.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np
from tabulate import tabulate
from tqdm import tqdm

from cnn_denoiser.evaluation.baselines import (
    richardson_lucy_deconvolution,
    unsharp,
    wiener_deconvolution,
)
from cnn_denoiser.evaluation.measurement import (
    READ,
    Deblur,
    Restored,
    each_frame,
    measure,
    run,
    summarise,
)
from cnn_denoiser.evaluation.options import MOST_SYNTHETIC
from cnn_denoiser.evaluation.picture_sets import draw_plates
from cnn_denoiser.measures.readers import start_readers
from plumbing.commands.numbers import whole_number

METHODS = (
    # the sigmas, and the amounts
    ("unsharp", unsharp, product((1.0, 2.0, 4.0), (0.5, 1.0, 2.0))),
    # the sigmas, and the balances
    ("Wiener", wiener_deconvolution, product((1.0, 1.5, 2.0, 3.0), (0.005, 0.02, 0.1))),
    # the sigmas, and the iterations
    ("Richardson-Lucy", richardson_lucy_deconvolution, product((1.0, 1.5, 2.0, 3.0), (3, 10, 20))),
)


def _apply(function: Callable, sigma: float, strength: float, frame: np.ndarray) -> np.ndarray:
    return function(frame, sigma, strength)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=whole_number(1, MOST_SYNTHETIC), default=200)
    parser.add_argument("--seed", type=whole_number(0), default=0)
    options = parser.parse_args()
    settings: dict[str, Deblur] = {"blurred": Restored}
    for name, function, values in METHODS:
        for sigma, strength in values:
            setting = partial(_apply, function, sigma, strength)
            settings[f"{name} {sigma} {strength}"] = each_frame(setting)
    pictures = draw_plates(options.count, "camera", options.seed)
    readers = start_readers()
    rows = []
    for name, deblur in tqdm(settings.items(), disable=None, leave=False):
        restored, milliseconds = run(deblur, pictures.frames, _go_on)
        measured = measure(name, list(restored.frames), pictures, readers, _go_on)
        summary = summarise(measured, pictures.labels)
        figures = {figure: summary.mean(figure) for figure in READ}
        rows.append({"setting": name, "psnr": summary.psnr, **figures, "ms": milliseconds})
    print(tabulate(rows, headers="keys", tablefmt="github", floatfmt=".3f"))


def _go_on() -> None:
    """Ctrl-C ends this command as it ends any Python programme."""


if __name__ == "__main__":
    main()
