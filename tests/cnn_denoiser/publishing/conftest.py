"""A place for published networks, and a network to publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_denoiser.model_files import shipped
from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.model_files.model_folder import WEIGHTS, write_description
from cnn_denoiser.publishing import publication


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty place for shipped networks."""
    folder = tmp_path / "trained_models"
    folder.mkdir()
    monkeypatch.setattr(shipped, "TRAINED_MODELS", folder)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Make a model folder of moussaka whose weights are a few bytes."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(b"weights")
    digest = "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c"
    write_description(folder, ModelDescription("moussaka", 1, digest, 7))
    return folder


@pytest.fixture
def any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have weights taken for whole, and their export write a file without TensorFlow."""
    monkeypatch.setattr(publication, "verified_weights", lambda folder: folder / WEIGHTS)
    monkeypatch.setattr(
        publication, "export_in_another_process", lambda folder, path, *_: path.write_bytes(b"onnx")
    )
