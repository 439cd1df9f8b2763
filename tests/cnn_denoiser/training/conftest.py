"""What the tests of whole runs share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser import model_definitions
from cnn_denoiser.training.recipes import RECIPES
from plates import draw_plate
from plumbing.pictures.codec import write_picture
from tests.helpers import tiny_train


@pytest.fixture
def tiny_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tiny", "steady"):
        monkeypatch.setitem(model_definitions.NETWORKS, name, ())
        monkeypatch.setitem(RECIPES, name, {})
    tiny_train.register()


@pytest.fixture(scope="module")
def plates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plates")
    for index in range(2):
        write_picture(folder / f"{index}.png", draw_plate(np.random.default_rng(index))[0])
    return folder
