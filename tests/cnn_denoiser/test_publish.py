from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_denoiser import publish
from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.model_files.model_folder import (
    ONNX,
    ONNX_INT8,
    WEIGHTS,
    CheckpointError,
    read_description,
    verified_weights,
    write_description,
)
from plumbing.commands.errors import CommandError

READING = {
    "rapidocr": {"characters": 0.9, "alphanumeric": 0.51239, "plates": None},
    "mean": {"characters": 0.9, "alphanumeric": 0.51239, "plates": None},
    "all": {"plates": None},
}
FIGURES = {"psnr": 15.12345, "ssim": None, "reading": READING}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty place for shipped networks."""
    folder = tmp_path / "trained_models"
    folder.mkdir()
    monkeypatch.setattr(publish, "TRAINED_MODELS", folder)
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
    monkeypatch.setattr(publish, "verified_weights", lambda folder: folder / WEIGHTS)
    monkeypatch.setattr(
        publish, "export_in_another_process", lambda folder, path, *_: path.write_bytes(b"onnx")
    )


def write_evaluation(path: Path, method: str, sets: tuple[str, ...] = ("",)) -> None:
    methods = {"blurred": FIGURES, method: {**FIGURES, "psnr": 20.0}}
    path.write_text(
        json.dumps([{"set": s, "labels": {"a.png": None}, "methods": methods} for s in sets])
    )


@pytest.mark.slow
def test_a_run_becomes_a_shipped_network(moussaka_folder: Path, shelf: Path) -> None:
    from cnn_denoiser.deblurring.network import Network

    evaluation = shelf.parent / "evaluation.json"
    run = str(moussaka_folder.parents[1])
    write_evaluation(evaluation, run)
    assert publish.main([run, "--measured", f"noise={evaluation}"]) == 0
    description = read_description(shelf / "moussaka")
    for name in (ONNX, ONNX_INT8):
        network = Network(shelf / "moussaka" / name)
        assert network.weights_sha256 == description.weights_sha256
    verified_weights(shelf / "moussaka")
    assert [path.name for path in shelf.iterdir()] == ["moussaka"]


@pytest.mark.usefixtures("any_weights")
def test_a_network_that_reads_keeps_its_temperature_and_its_figures(run: Path, shelf: Path) -> None:
    description = replace(read_description(run), calibration={"temperature": 1.2345})
    write_description(run, description)
    evaluation = shelf.parent / "evaluation.json"
    write_evaluation(evaluation, str(run))
    results = json.loads(evaluation.read_text())
    sure = {"characters": 9, "probability": 0.97777, "right": 1.0}
    own = {"plates": 0.5, "expected_calibration_error": 0.01234, "sure": sure}
    results[0]["methods"][str(run)]["reading"]["network"] = own
    evaluation.write_text(json.dumps(results))
    assert publish.main([str(run), "--measured", f"real={evaluation}"]) == 0
    published = read_description(shelf / "moussaka")
    assert published.calibration == {"temperature": 1.2345}
    assert published.measured["real"]["deblurred"]["reading"]["network"] == {
        "plates": 0.5,
        "expected_calibration_error": 0.0123,
        "sure": {"characters": 9, "probability": 0.9778, "right": 1.0},
    }


@pytest.mark.usefixtures("any_weights")
def test_what_was_measured_is_written_by_set_and_engine(run: Path, shelf: Path) -> None:
    evaluation = shelf.parent / "evaluation.json"
    write_evaluation(evaluation, str(run), ("real", "synthetic"))
    assert publish.main([f"{run}/", "--measured", str(evaluation)]) == 0
    measured = read_description(shelf / "moussaka").measured
    assert list(measured) == ["real", "synthetic"]
    by_engine = {"characters": 0.9, "alphanumeric": 0.5124}
    assert measured["real"] == {
        "pictures": 1,
        "blurred": {"psnr": 15.1235, "reading": {"rapidocr": by_engine, "mean": by_engine}},
        "deblurred": {"psnr": 20.0, "reading": {"rapidocr": by_engine, "mean": by_engine}},
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not hold the figures"),
        ("[]", "does not hold the figures"),
        ("{}", "does not hold the figures"),
        ("[7]", "not what evaluate.py"),
        ("[" * 100_000, "not what evaluate.py"),
        ('{"a"', "not what evaluate.py"),
    ],
)
def test_useless_figures_are_refused_in_a_line(
    run: Path, shelf: Path, capsys: pytest.CaptureFixture[str], content: str | None, message: str
) -> None:
    evaluation = shelf.parent / "evaluation.json"
    write_evaluation(evaluation, "another")
    if content is not None:
        evaluation.write_text(content)
    assert publish.main([str(run), "--measured", f"noise={evaluation}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("publish: error: ") and message in line
    assert list(shelf.iterdir()) == []


def test_one_name_for_several_sets_is_refused(
    run: Path, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluation = shelf.parent / "evaluation.json"
    write_evaluation(evaluation, str(run), ("real", "synthetic"))
    assert publish.main([str(run), "--measured", f"noise={evaluation}"]) == 2
    assert "2 sets" in capsys.readouterr().err


def test_a_folder_without_a_network_cannot_be_published(
    tmp_path: Path, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish.main([str(tmp_path)]) == 4
    assert "neither a trained model" in capsys.readouterr().err


@pytest.mark.usefixtures("any_weights")
@pytest.mark.parametrize("name", ["fog", "unets"])
def test_only_known_networks_are_published(run: Path, shelf: Path, name: str) -> None:
    write_description(run, ModelDescription(name, 1, "0", 7))
    with pytest.raises(CheckpointError, match="no known network"):
        publish.publish(run, {}, shelf)
    assert list(shelf.iterdir()) == []


@pytest.mark.parametrize("name", ["../../moussaka", "/tmp/moussaka", "moussaka/..", ""])
def test_a_name_is_no_path(run: Path, shelf: Path, name: str) -> None:
    text = (run / "model.json").read_text().replace("moussaka", name)
    (run / "model.json").write_text(text)
    with pytest.raises(CheckpointError):
        publish.publish(run, {}, shelf)
    assert list(shelf.iterdir()) == []


@pytest.mark.usefixtures("any_weights")
@pytest.mark.parametrize("when", ["export", "first rename", "second rename", "signal"])
def test_a_network_is_replaced_as_a_whole_or_not_at_all(
    run: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    publish.publish(run, {}, shelf)
    (shelf / "moussaka" / "old").write_text("old")
    real_replace, renames = os.replace, 0

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def replace(source: Path, destination: Path) -> None:
        nonlocal renames
        renames += 1
        if renames == {"first rename": 1, "second rename": 2}.get(when):
            fail()
        real_replace(source, destination)

    def stop() -> None:
        if when == "signal":
            raise KeyboardInterrupt

    monkeypatch.setattr(publish.os, "replace", replace)
    if when == "export":
        monkeypatch.setattr(publish, "export_in_another_process", fail)
    with pytest.raises(KeyboardInterrupt if when == "signal" else CommandError):
        publish.publish(run, {}, shelf, stop)
    assert [path.name for path in shelf.iterdir()] == ["moussaka"]
    assert (shelf / "moussaka" / "old").exists()
    monkeypatch.undo()


@pytest.mark.usefixtures("any_weights")
def test_what_a_kill_left_aside_is_put_back(run: Path, shelf: Path) -> None:
    (shelf / ".replaced-unet").mkdir()
    (shelf / ".replaced-unet" / "model.json").write_text("{}")
    (shelf / ".partial-0123").mkdir()
    publish.publish(run, {}, shelf)
    assert sorted(path.name for path in shelf.iterdir()) == ["moussaka", "unet"]
    assert (shelf / "unet" / "model.json").exists()
