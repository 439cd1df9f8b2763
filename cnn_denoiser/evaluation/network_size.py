"""How large a network is."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from cnn_denoiser.model_files.model_folder import WEIGHTS


def count_parameters(model_folder: Path) -> int | None:
    """Return how many numbers the weights of a model folder hold; None where it has no weights.

    Raises OSError where the file is damaged.
    """
    path = model_folder / WEIGHTS
    if not path.is_file():
        return None
    sizes: list[int] = []

    def note(name: str, item: h5py.Group | h5py.Dataset) -> None:
        # The states of random generators are saved, too; they are whole numbers.
        if isinstance(item, h5py.Dataset) and np.issubdtype(item.dtype, np.floating):
            sizes.append(item.size)

    with h5py.File(path, "r") as file:
        file.visititems(note)
    return sum(sizes)
