"""What the command is called with for a short run, and what a run leaves behind."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from cnn_denoiser.model_files.model_folder import read_description, verified_weights
from cnn_denoiser.model_files.run_folder import find_model_folder

# Bit-equal runs are promised for one processor, not for a GPU.
os.environ["CUDA_VISIBLE_DEVICES"] = ""

TRAIN = "cnn_denoiser/train.py"
TINY_TRAIN = "tests/helpers/tiny_train.py"
UNVALIDATED = ("--validation_share", 0)
SMALL = ("--model", "moussaka", "--batch_size", 2, "--pretraining_batches", 1, *UNVALIDATED)


def newest_weights(run: Path) -> tuple[int, list[np.ndarray]]:
    folder = find_model_folder(run)
    arrays: list[np.ndarray] = []
    with h5py.File(verified_weights(folder)) as file:
        file.visititems(lambda _, item: arrays.append(item[()]) if hasattr(item, "dtype") else None)
    return read_description(folder).step, arrays


def scalars_and_images(folder: Path) -> EventAccumulator:
    log = EventAccumulator(str(folder), size_guidance={"images": 0, "scalars": 0})
    log.Reload()
    return log
