"""The methods that are compared: networks, and the classical ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnn_denoiser.deblurring.network import Network, load_network
from cnn_denoiser.deblurring.reading import read
from cnn_denoiser.evaluation.baselines import BASELINES
from cnn_denoiser.evaluation.comparison import BLURRED, SHARP
from cnn_denoiser.evaluation.measurement import Deblur, Restored, each_frame
from cnn_denoiser.model_files.model_folder import read_description
from cnn_denoiser.model_files.run_folder import find_model_folder
from cnn_denoiser.model_files.shipped import shipped_model_folder
from plumbing.commands.errors import UsageError


@dataclass(frozen=True)
class Methods:
    """What to compare.

    deblurs:    what each method does, by the name that stands in the tables.
    networks:   those of them that are networks, by the same names.
    parameters: of the networks.
    """

    deblurs: dict[str, Deblur]
    networks: dict[str, Network]
    parameters: dict[str, int]

    @property
    def first(self) -> str:
        """The first network, or the first of the others where there is none."""
        return next(iter([*self.networks, *self.deblurs]))


def load_methods(
    models: Sequence[str], checkpoints: Sequence[Path], outputs: Sequence[str]
) -> Methods:
    """Load the networks; `outputs` are further names, of what is ready-made.

    Raises `UsageError` where two methods have one name, and `CheckpointError`.
    """
    names = [BLURRED, SHARP, *BASELINES, *models, *map(str, checkpoints), *outputs]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two methods are called {name!r}")
    folders, networks = {}, {}
    for model in models:
        folders[model] = shipped_model_folder(model)
        networks[model] = load_network(model=model)
    for checkpoint in checkpoints:
        folders[str(checkpoint)] = find_model_folder(checkpoint)
        networks[str(checkpoint)] = load_network(checkpoint=checkpoint)
    deblurs: dict[str, Deblur] = {name: each_frame(f) for name, f in BASELINES.items()}
    deblurs |= {name: deblur_by(network) for name, network in networks.items()}
    parameters = {name: read_description(folder).parameters for name, folder in folders.items()}
    return Methods(deblurs, networks, parameters)


def deblur_by(network: Network) -> Deblur:
    """Return the method of a network: it deblurs and, where it can, reads in the same pass."""

    def deblur(frames: np.ndarray) -> Restored:
        deblurred, logits = network.deblur_and_read(frames)
        return Restored(deblurred, None if logits is None else read(logits, network.temperature))

    return deblur
