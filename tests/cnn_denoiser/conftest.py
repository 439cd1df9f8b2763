"""A picture, and a network for tests that need TensorFlow."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest


@pytest.fixture
def picture() -> np.ndarray:
    """Return a smooth random BGR picture, 60x40, without any symmetry."""
    noise = np.random.default_rng(5).uniform(0, 1, (40, 60, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 5)
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


@pytest.fixture(scope="session")
def moussaka_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a model folder of moussaka with random weights, without an ONNX file."""
    from cnn_denoiser.model_definitions import create_model
    from cnn_denoiser.model_files.model_folder import write_model_folder

    folder = tmp_path_factory.mktemp("run") / "checkpoints" / "step-00000010"
    folder.mkdir(parents=True)
    write_model_folder(folder, create_model("moussaka", seed=3), {"step": 10})
    return folder
