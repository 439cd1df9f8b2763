"""The command as a person runs it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_denoiser.calibration import known_characters
from cnn_denoiser.calibration.command import main
from cnn_denoiser.deblurring.network import load_network
from plumbing.pictures.codec import write_picture
from tests.helpers.reading_network import TEXT, reading_folder

# Of the 41 known characters 31 are not those that the network reads.
TEXTS = [TEXT, "京B67890", "沪B67890", "*Z67999", "京C67890", "京D67890"]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """Make a model folder of a network that always reads the same text."""
    folder = reading_folder(tmp_path / "reader")
    description = json.loads((folder / "model.json").read_text())
    description |= {"data": {"profile": "camera"}, "calibration": {"temperature": 7.0}}
    (folder / "model.json").write_text(json.dumps(description))
    return folder


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """Make a folder of light plates, one in six of which says what the network reads."""
    folder = tmp_path / "plates"
    folder.mkdir()
    rows = ["file,label"]
    for index, text in enumerate(TEXTS):
        write_picture(folder / f"{index}.png", np.full((90, 270), 180 + index, np.uint8))
        rows.append(f"{index}.png,{text}")
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_the_temperature_of_plates_of_ones_own_is_written_and_all_else_stays(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads((network / "model.json").read_text())
    weights = (network / "model.onnx").read_bytes()
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == 0
    after = json.loads((network / "model.json").read_text())
    temperature = after["calibration"]["temperature"]
    before["calibration"]["temperature"] = temperature
    assert {**before, "input_size": [270, 90], "value_range": [-1, 1], "pictures_seen": 0} == after
    assert (network / "model.onnx").read_bytes() == weights
    assert load_network(checkpoint=network).temperature == temperature
    # It says to be sure, and is right in one of four: a high temperature.
    assert 2 < temperature < 20
    told = capsys.readouterr().out.splitlines()
    assert "labelled plates of plates: 41 characters" in told[0]
    assert f"temperature {temperature:g}, was 7" in told[1]


def test_synthetic_plates_are_drawn_anew_for_each_seed(network: Path, plates: Path) -> None:
    found = []
    for seed in ("1", "1", "2"):
        sets = ("--synthetic", "5", "--seed", seed, "--labelled", str(plates))
        assert main([str(network), *sets]) == 0
        found.append(load_network(checkpoint=network).temperature)
    assert found[0] == found[1] != found[2]


def test_a_network_that_does_not_read_has_no_temperature(
    negative_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (negative_folder / "model.json").read_bytes()
    assert main([str(negative_folder), "--synthetic", "1"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("calibrate: error: ") and "negative does not read plates" in line
    assert (negative_folder / "model.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["{network}", "--synthetic", "0"], 2, "nothing to measure on"),
        (["{network}", "--labels", "{plates}/labels.csv"], 2, "--labelled"),
        (["{network}", "--labelled", "{plates}/no"], 2, "is not a folder"),
        (["{network}", "--sharp", "{empty}"], 3, "no pictures"),
        (["{empty}"], 4, "neither a trained model"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    network: Path, plates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    arguments: list[str], code: int, message: str,
) -> None:  # fmt: skip
    empty = tmp_path / "empty"
    empty.mkdir()
    before = (network / "model.json").read_bytes()
    places = {"network": network, "plates": plates, "empty": empty}
    assert main([argument.format(**places) for argument in arguments]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert (network / "model.json").read_bytes() == before


def test_sharp_plates_without_texts_are_no_use(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (plates / "labels.csv").unlink()
    assert main([str(network), "--synthetic", "0", "--sharp", str(plates)]) == 3
    assert "no plate whose whole text is known" in capsys.readouterr().err


def test_where_nothing_is_read_wrongly_no_temperature_is_told(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (plates / "labels.csv").write_text(f"file,label\n0.png,{TEXT}\n1.png,{TEXT}", encoding="utf-8")
    before = (network / "model.json").read_bytes()
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == 3
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert "only 0 of 14 known characters are read wrongly, and it takes 20" in line
    assert (network / "model.json").read_bytes() == before


def test_each_set_has_to_hold_wrong_characters_enough(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (network / "model.json").read_bytes()
    labelled = ("--labelled", str(plates))
    assert main([str(network), "--synthetic", "1", *labelled]) == 3
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert "error: synthetic plates" in line and "read wrongly" in line
    assert (network / "model.json").read_bytes() == before


def test_texts_of_other_plates_have_no_temperature(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{index}.png,沪B67890" for index in range(len(TEXTS))]
    (plates / "labels.csv").write_text("\n".join(["file,label", *rows]), encoding="utf-8")
    before = (network / "model.json").read_bytes()
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == 3
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert "are the texts those of the plates?" in line
    assert (network / "model.json").read_bytes() == before


@pytest.mark.parametrize("odd", ["B67890", "AB67890", "京B6789", "京B6789012"])
def test_texts_that_are_not_whole_are_left_out_and_told(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str], odd: str
) -> None:
    table = (plates / "labels.csv").read_text(encoding="utf-8")
    (plates / "labels.csv").write_text(table.replace("京C67890", odd), encoding="utf-8")
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == 0
    told = capsys.readouterr()
    assert "plates of plates: 34 characters" in told.out
    (line,) = [line for line in told.err.splitlines() if "left out" in line]
    assert "warning: " in line and "1 of 6 texts" in line and line.endswith(odd)


def test_texts_without_the_province_alone_are_no_use(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (plates / "labels.csv").read_text(encoding="utf-8")
    for province in "京沪*":
        table = table.replace(province, "")
    (plates / "labels.csv").write_text(table, encoding="utf-8")
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == 3
    assert "no plate whose whole text is known" in capsys.readouterr().err


def test_a_picture_that_cannot_be_read_is_named_and_the_rest_is_used(
    network: Path, plates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (plates / "2.png").write_bytes(b"half")
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == 1
    assert "2.png" in capsys.readouterr().err
    assert load_network(checkpoint=network).temperature != 7


def test_a_full_disk_leaves_the_description_as_it_was(
    network: Path, plates: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from plumbing.files import atomic

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = sorted((path.name, path.read_bytes()) for path in network.iterdir())
    monkeypatch.setattr(atomic, "_sync", fail)
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == 1
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert "cannot be written to: No space left" in line
    assert sorted((path.name, path.read_bytes()) for path in network.iterdir()) == before


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_it_writes_nothing(
    network: Path, plates: Path, monkeypatch: pytest.MonkeyPatch, stop: signal.Signals, code: int
) -> None:
    read = known_characters.read_known

    def read_and_stop(*arguments: Any) -> known_characters.KnownCharacters:
        os.kill(os.getpid(), stop)
        return read(*arguments)

    before = (network / "model.json").read_bytes()
    monkeypatch.setattr(known_characters, "read_known", read_and_stop)
    assert main([str(network), "--synthetic", "0", "--labelled", str(plates)]) == code
    assert (network / "model.json").read_bytes() == before
