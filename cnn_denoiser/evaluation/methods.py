"""The methods that are compared: networks, and the classical ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.evaluation.baselines import BASELINES
from cnn_denoiser.evaluation.comparison import BLURRED, SHARP
from cnn_denoiser.evaluation.measurement import Deblur, each_frame
from cnn_denoiser.model_files.model_folder import read_description
from cnn_denoiser.model_files.run_folder import find_model_folder
from cnn_denoiser.model_files.shipped import shipped_model_folder
from plumbing.commands.errors import UsageError


@dataclass(frozen=True)
class Methods:
    """What to compare.

    deblurs:    what each method does, by the name that stands in the tables.
    parameters: of the networks, by the same names.
    """

    deblurs: dict[str, Deblur]
    parameters: dict[str, int]

    @property
    def first(self) -> str:
        """The first network, or the first of the others where there is none."""
        return next(iter([*self.parameters, *self.deblurs]))


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
    deblurs: dict[str, Deblur] = {name: each_frame(f) for name, f in BASELINES.items()}
    folders = {}
    for model in models:
        folders[model] = shipped_model_folder(model)
        deblurs[model] = load_network(model=model).deblur
    for checkpoint in checkpoints:
        folders[str(checkpoint)] = find_model_folder(checkpoint)
        deblurs[str(checkpoint)] = load_network(checkpoint=checkpoint).deblur
    parameters = {name: read_description(folder).parameters for name, folder in folders.items()}
    return Methods(deblurs, parameters)
