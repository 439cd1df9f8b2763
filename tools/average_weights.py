"""Average the weights of networks of one kind: `python3 -m tools.average_weights OUT FOLDER...`.

    python3 -m tools.average_weights runs/mean runs/first runs/second --shares 0.6 0.4

Each FOLDER is a run or a model folder; OUT becomes a model folder with the description of the
first. Networks that one training has led apart are often better in the middle than each is
(Wortsman et al. 2022, arXiv:2203.05482). `train.py --weights OUT` makes a run of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np

from cnn_denoiser.model_files.digest import sha256
from cnn_denoiser.model_files.model_folder import (
    WEIGHTS,
    read_description,
    verified_weights,
    write_description,
)
from cnn_denoiser.model_files.run_folder import find_model_folder
from plumbing.commands.errors import CommandError, ExitCode


def average(folders: Sequence[Path], shares: Sequence[float]) -> dict[str, np.ndarray]:
    """Return the mean of each array of the weights, by its name in the file.

    Raises `CheckpointError` where weights are damaged, `CommandError` where they do not fit.
    """
    means: dict[str, np.ndarray] = {}
    for number, (folder, share) in enumerate(zip(folders, shares, strict=True)):
        arrays = _arrays(verified_weights(folder))
        if number and _shapes(arrays) != _shapes(means):
            raise CommandError(f"{folder} is another network than {folders[0]}")
        for name, array in arrays.items():
            means[name] = means.get(name, 0.0) + share * array.astype(np.float64)
    return means


def write(out: Path, first: Path, means: dict[str, np.ndarray]) -> None:
    """Write a model folder: the weights of `first`, replaced by these. Raises OSError."""
    out.mkdir(parents=True)
    path = out / WEIGHTS
    path.write_bytes((first / WEIGHTS).read_bytes())
    with h5py.File(path, "r+") as file:
        for name, mean in means.items():
            file[name][...] = mean
    description = replace(
        read_description(first), weights_sha256=sha256(path), calibration={}, measured={}
    )
    write_description(out, description)


def _shapes(arrays: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in arrays.items()}


def _arrays(path: Path) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}

    def take(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    with h5py.File(path, "r") as file:
        file.visititems(take)
    return found


def main() -> int:
    """Read the options, average, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT", help="a folder that does not exist")
    parser.add_argument("folders", type=Path, metavar="FOLDER", nargs="+")
    parser.add_argument("--shares", type=float, nargs="+", help="of each; default: equal ones")
    options = parser.parse_args()
    count = len(options.folders)
    shares = options.shares or [1 / count] * count
    if len(shares) != count or abs(sum(shares) - 1) > 1e-6:
        parser.error(f"--shares: one for each FOLDER, 1 in all. Received: {shares}")
    if options.out.exists():
        parser.error(f"{options.out} exists")
    try:
        folders = [find_model_folder(folder) for folder in options.folders]
        write(options.out, folders[0], average(folders, shares))
    except CommandError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
