"""Whole runs of a tiny network, in this process."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnn_denoiser.model_files import model_folder, run_folder
from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.training.command import main


def command(run: Path, how: str, batches: int, *more: object) -> int:
    fixed = ("--model", "tiny", "--output", run, "--run", how, "--num_iter", batches)
    return main([str(argument) for argument in (*fixed, *more)], "train.py")


def weights_in(folder: Path) -> list[np.ndarray]:
    arrays: list[np.ndarray] = []
    with h5py.File(model_folder.verified_weights(run_folder.find_model_folder(folder))) as file:
        file.visititems(lambda _, item: arrays.append(item[()]) if hasattr(item, "dtype") else None)
    return arrays


def description(folder: Path) -> ModelDescription:
    return model_folder.read_description(run_folder.find_model_folder(folder))


def assert_same_weights(first: Path, second: Path) -> None:
    for one, other in zip(weights_in(first), weights_in(second), strict=True):
        np.testing.assert_array_equal(one, other)


def steps(log: Path, tag: str) -> list[int]:
    events = EventAccumulator(str(log), size_guidance={"scalars": 0, "images": 0})
    return [event.step for event in events.Reload().Scalars(tag)]
