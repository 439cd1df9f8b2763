"""Networks for tests that need TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def moussaka_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a model folder of moussaka with random weights, without an ONNX file."""
    from cnn_denoiser.checkpoints import write_model_folder
    from cnn_denoiser.model_definitions import create_model

    folder = tmp_path_factory.mktemp("run") / "checkpoints" / "step-00000010"
    folder.mkdir(parents=True)
    write_model_folder(folder, create_model("moussaka", seed=3), {"step": 10})
    return folder
