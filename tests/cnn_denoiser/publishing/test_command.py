from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_denoiser.model_files.model_folder import (
    ONNX,
    ONNX_INT8,
    read_description,
    verified_weights,
    write_description,
)
from cnn_denoiser.publishing.command import main

READING = {
    "rapidocr": {"characters": 0.9, "alphanumeric": 0.51239, "plates": None},
    "mean": {"characters": 0.9, "alphanumeric": 0.51239, "plates": None},
    "all": {"plates": None},
}
FIGURES = {"psnr": 15.12345, "ssim": None, "reading": READING}


def write_evaluation(path: Path, method: str, sets: tuple[str, ...] = ("",)) -> None:
    methods = {"blurred": FIGURES, method: {**FIGURES, "psnr": 20.0}}
    path.write_text(
        json.dumps([{"set": s, "labels": {"a.png": None}, "methods": methods} for s in sets])
    )


@pytest.mark.slow
def test_a_run_becomes_a_shipped_network(moussaka_folder: Path, published: Path) -> None:
    from cnn_denoiser.deblurring.network import Network

    evaluation = published.parent / "evaluation.json"
    run = str(moussaka_folder.parents[1])
    write_evaluation(evaluation, run)
    assert main([run, "--measured", f"noise={evaluation}"]) == 0
    description = read_description(published / "moussaka")
    for name in (ONNX, ONNX_INT8):
        network = Network(published / "moussaka" / name)
        assert network.weights_sha256 == description.weights_sha256
    verified_weights(published / "moussaka")
    assert [path.name for path in published.iterdir()] == ["moussaka"]


@pytest.mark.usefixtures("any_weights")
def test_a_network_that_reads_keeps_its_temperature_and_its_figures(
    run: Path, published: Path
) -> None:
    description = replace(read_description(run), calibration={"temperature": 1.2345})
    write_description(run, description)
    evaluation = published.parent / "evaluation.json"
    write_evaluation(evaluation, str(run))
    results = json.loads(evaluation.read_text())
    sure = {"characters": 9, "probability": 0.97777, "right": 1.0}
    own = {"plates": 0.5, "expected_calibration_error": 0.01234, "sure": sure}
    results[0]["methods"][str(run)]["reading"]["network"] = own
    evaluation.write_text(json.dumps(results))
    assert main([str(run), "--measured", f"real={evaluation}"]) == 0
    published = read_description(published / "moussaka")
    assert published.calibration == {"temperature": 1.2345}
    assert published.measured["real"]["deblurred"]["reading"]["network"] == {
        "plates": 0.5,
        "expected_calibration_error": 0.0123,
        "sure": {"characters": 9, "probability": 0.9778, "right": 1.0},
    }


@pytest.mark.usefixtures("any_weights")
def test_what_was_measured_is_written_by_set_and_engine(run: Path, published: Path) -> None:
    evaluation = published.parent / "evaluation.json"
    write_evaluation(evaluation, str(run), ("real", "synthetic"))
    assert main([f"{run}/", "--measured", str(evaluation)]) == 0
    measured = read_description(published / "moussaka").measured
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
    run: Path,
    published: Path,
    capsys: pytest.CaptureFixture[str],
    content: str | None,
    message: str,
) -> None:
    evaluation = published.parent / "evaluation.json"
    write_evaluation(evaluation, "another")
    if content is not None:
        evaluation.write_text(content)
    assert main([str(run), "--measured", f"noise={evaluation}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("publish: error: ") and message in line
    assert list(published.iterdir()) == []


def test_one_name_for_several_sets_is_refused(
    run: Path, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluation = published.parent / "evaluation.json"
    write_evaluation(evaluation, str(run), ("real", "synthetic"))
    assert main([str(run), "--measured", f"noise={evaluation}"]) == 2
    assert "2 sets" in capsys.readouterr().err


def test_a_folder_without_a_network_cannot_be_published(
    tmp_path: Path, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 4
    assert "neither a trained model" in capsys.readouterr().err
