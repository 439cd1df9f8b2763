from __future__ import annotations

from pathlib import Path

import pytest

from cnn_denoiser.model_files import shipped
from cnn_denoiser.model_files.model_folder import CheckpointError


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("unet", "moussaka", ".partial-0123", ".replaced-unet"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.json").touch()
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(shipped, "TRAINED_MODELS", tmp_path)
    return tmp_path


def test_what_is_half_published_is_not_shipped(shelf: Path) -> None:
    assert shipped.shipped_models() == ["moussaka", "unet"]
    assert shipped.shipped_model_folder("unet") == shelf / "unet"


@pytest.mark.parametrize("name", ["fog", "empty", "", ".", "../unet", ".replaced-unet"])
def test_other_names_are_refused_and_the_known_ones_told(name: str) -> None:
    with pytest.raises(CheckpointError, match="shipped are: moussaka, unet"):
        shipped.shipped_model_folder(name)
