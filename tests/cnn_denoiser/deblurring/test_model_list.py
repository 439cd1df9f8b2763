from __future__ import annotations

from pathlib import Path

import pytest

from cnn_denoiser.deblurring import model_list
from cnn_denoiser.model_files import shipped
from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.model_files.model_folder import write_description


def reading(share: float) -> dict:
    one = {"characters": share, "alphanumeric": share, "plates": share}
    return {"rapidocr": one, "agentclpr": one, "mean": one, "all": {"plates": 0.01}}


@pytest.fixture(autouse=True)
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"characters": 0.875, "alphanumeric": 0.9, "plates": 0.5, "compared": 7}
    measured = {
        "9 real plates": {"pictures": 9, "blurred": {"reading": reading(0.25)},
                          "deblurred": {"reading": {**reading(0.75), "network": own}}},
        "5 drawn plates": {"pictures": 5, "blurred": {"psnr": 12.34}, "deblurred": {"psnr": 20.0}},
    }  # fmt: skip
    for name, figures in (("unet", measured), ("moussaka", {})):
        (tmp_path / name).mkdir()
        description = ModelDescription(name, 1, "0", 1234567, measured=figures)
        write_description(tmp_path / name, description)
    monkeypatch.setattr(shipped, "TRAINED_MODELS", tmp_path)


def test_each_network_is_listed_with_the_means_over_the_engines() -> None:
    moussaka, unet = model_list.list_models().split("\n\n")
    assert moussaka.startswith("moussaka, 1,234,567 parameters")
    assert unet.startswith("unet (default), 1,234,567 parameters")
    rows = [line.split() for line in unet.splitlines()]
    real = next(row for row in rows if row[:2] == ["9", "real"])
    assert real[3:] == ["-", "-", "75.0%", "75.0%", "75.0%", "rapidocr,", "agentclpr"]
    itself = [row for row in rows if row[-3:] == ["87.5%", "90.0%", "50.0%"]]
    assert itself == [["read", "by", "the", "network", "itself", "-", "-", *itself[0][-3:]]]
    assert rows.index(itself[0]) == rows.index(real) + 1
    drawn = next(row for row in rows if row[:2] == ["5", "drawn"])
    assert drawn[3:] == ["20.00", "dB", "-", "-", "-", "-"]
    assert sum(row[0] == "blurred," for row in rows) == 2


def test_the_help_tells_how_much_of_real_plates_is_read() -> None:
    assert "unet       the one to use; OCR reads 75% of" in model_list.list_briefly()
