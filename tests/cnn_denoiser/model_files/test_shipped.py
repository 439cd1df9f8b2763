from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnn_denoiser.model_files import shipped
from cnn_denoiser.model_files.model_folder import CheckpointError


@pytest.fixture(autouse=True)
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("unet", "moussaka", ".partial-0123", ".replaced-unet"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.json").touch()
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(shipped, "TRAINED_MODELS", tmp_path)
    return tmp_path


def test_what_is_half_published_is_not_shipped(models_folder: Path) -> None:
    assert shipped.shipped_models() == ["moussaka", "unet"]
    assert shipped.shipped_model_folder("unet") == models_folder / "unet"


@pytest.mark.parametrize("name", ["goulash", "empty", "", ".", "../unet", ".replaced-unet"])
def test_other_names_are_refused_and_the_known_ones_told(name: str) -> None:
    told = f"{re.escape(repr(name))}.*shipped are: moussaka, unet"
    with pytest.raises(CheckpointError, match=told):
        shipped.shipped_model_folder(name)
