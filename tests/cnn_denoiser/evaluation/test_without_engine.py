"""The command where no OCR engine is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.reading_network import reading_folder

COMMAND = "cnn_denoiser/evaluate.py"


@pytest.fixture
def no_engine(tmp_path: Path) -> dict[str, str]:
    """Make an environment in which no OCR engine can be imported."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    for engine in ("rapidocr_onnxruntime", "agentclpr"):
        (hidden / f"{engine}.py").write_text("raise ImportError('not here')")
    return {"PYTHONPATH": str(hidden)}


def test_without_the_engine_labelled_plates_alone_cannot_be_measured(
    run_command, sharp: Path, no_engine: dict[str, str]
) -> None:
    done = run_command(COMMAND, "--labelled", sharp, **no_engine)
    assert (done.returncode, done.stdout) == (2, "")
    _, missing, consequence = done.stderr.splitlines()
    assert "RapidOCR" in missing and "requirements-evaluation.txt" in missing
    assert "nothing can be measured on labelled plates" in consequence


def test_without_the_engine_labelled_plates_are_left_out(
    run_command, sharp: Path, no_engine: dict[str, str]
) -> None:
    done = run_command(COMMAND, "--labelled", sharp, "--synthetic", 2, **no_engine)
    assert done.returncode == 1
    assert "synthetic plates" in done.stdout and "labelled plates" not in done.stdout
    assert "labelled plates of sharp: not measured" in done.stderr


def test_without_the_engine_labelled_plates_are_measured_by_a_network_that_reads(
    run_command, sharp: Path, no_engine: dict[str, str], tmp_path: Path
) -> None:
    network, results = reading_folder(tmp_path / "reader"), tmp_path / "results.json"
    done = run_command(
        *(COMMAND, "--labelled", sharp, "--checkpoint", network, "--json", results), **no_engine
    )
    assert done.returncode == 0, done.stderr
    assert "Read by the networks themselves" in done.stdout
    (comparison,) = json.loads(results.read_text(encoding="utf-8"))
    reading = comparison["methods"][str(network)]["reading"]
    assert list(reading) == ["network"] and reading["network"]["plates"] == 0


def test_without_the_engine_the_rest_is_measured(
    run_command, sharp: Path, no_engine: dict[str, str]
) -> None:
    done = run_command(COMMAND, "--sharp", sharp, **no_engine)
    assert done.returncode == 0
    _, line = done.stderr.splitlines()
    assert line.startswith("evaluate.py: warning: plates are not read: RapidOCR")
    assert "requirements-evaluation.txt" in line
    assert "PSNR" in done.stdout and "harmed," not in done.stdout


def test_an_engine_that_is_asked_for_and_missing_is_told(
    run_command, sharp: Path, no_engine: dict[str, str]
) -> None:
    done = run_command(COMMAND, "--sharp", sharp, "--engine", "agentclpr", **no_engine)
    assert (done.returncode, done.stdout) == (2, "")
    assert "agentclpr cannot be used" in done.stderr.splitlines()[-1]
