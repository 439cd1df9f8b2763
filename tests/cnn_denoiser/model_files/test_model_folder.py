from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnn_denoiser.model_files.model_folder import (
    DESCRIPTION,
    WEIGHTS,
    CheckpointError,
    read_description,
    verified_weights,
)


def test_missing_weights_are_named_once(tmp_path: Path) -> None:
    told = f"{re.escape(str(tmp_path / WEIGHTS))} cannot be read: No such file or directory"
    with pytest.raises(CheckpointError, match=f"^{told}$"):
        verified_weights(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"model": "small"}', "\xff", "[" * 100_000, " " * 2_000_000]
)
def test_a_foreign_description_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / DESCRIPTION).write_text(text, encoding="latin-1")
    with pytest.raises(CheckpointError, match=r"model\.json cannot be read"):
        read_description(tmp_path)


def describe(folder: Path, more: str) -> None:
    text = '{"model": "small", "step": 1, "weights_sha256": "", "parameters": 1' + more + "}"
    (folder / DESCRIPTION).write_text(text)


def test_fields_that_are_unknown_are_named_in_a_short_line(tmp_path: Path) -> None:
    describe(tmp_path, ', "odd\\nfield": 1, "' + "x" * 100_000 + '": 1')
    with pytest.raises(CheckpointError, match=r"fields are unknown: .*odd") as caught:
        read_description(tmp_path)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("temperature", ["0", "-1", "NaN", "Infinity", "1" + "0" * 400, '"1"'])
def test_a_temperature_that_nothing_can_be_divided_by_is_refused(
    tmp_path: Path, temperature: str
) -> None:
    describe(tmp_path, ', "calibration": {"temperature": 1.5}')
    assert read_description(tmp_path).calibration == {"temperature": 1.5}
    describe(tmp_path, f', "calibration": {{"temperature": {temperature}}}')
    with pytest.raises(CheckpointError, match="calibration cannot be"):
        read_description(tmp_path)
