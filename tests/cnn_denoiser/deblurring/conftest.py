"""What the tests of networks share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.export import another_process as export
from plumbing.pictures.codec import find_pictures, read_picture
from plumbing.pictures.frame import to_frame
from tests.conftest import PROJECT


def random_frames(count: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (count, 90, 270), dtype=np.uint8)


def plates(count: int) -> np.ndarray:
    paths = find_pictures(PROJECT / "data" / "final_test")[:count]
    return np.stack([to_frame(read_picture(path)) for path in paths])


@pytest.fixture
def exports(
    monkeypatch: pytest.MonkeyPatch, write_negative_onnx: Callable[[Path, str], None]
) -> list[Path]:
    """Replace the export, which needs TensorFlow, by a quick one; return what it gets."""
    folders: list[Path] = []

    def quick_export(model_folder: Path, destination: Path, precision: str = "f32") -> None:
        folders.append(model_folder)
        description = json.loads((model_folder / "model.json").read_text())
        write_negative_onnx(destination, description["weights_sha256"])

    monkeypatch.setattr(export, "export_in_another_process", quick_export)
    return folders
