"""The command as a person runs it."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_denoiser.evaluate import main
from cnn_denoiser.frames import to_frame
from plates import draw_plate
from plumbing.pictures.codec import read_picture, write_picture

COMMAND = "cnn_denoiser/evaluate.py"
BASELINES = ["unsharp mask", "Wiener", "Richardson-Lucy"]

needs_engine = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr_onnxruntime") is None, reason="RapidOCR is not installed"
)


@pytest.fixture
def sharp(tmp_path: Path) -> Path:
    """Make a folder of four sharp plates and their labels."""
    folder = tmp_path / "sharp"
    folder.mkdir()
    rows = ["file,label"]
    rng = np.random.default_rng(5)
    for index in range(4):
        plate, text = draw_plate(rng, "blue")
        write_picture(folder / f"{index}.png", plate)
        rows.append(f"{index}.png,{text}")
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture
def blurred(tmp_path: Path, sharp: Path) -> Path:
    """Make a folder of the same plates, blurred beyond reading."""
    folder = tmp_path / "blurred"
    folder.mkdir()
    for path in sharp.glob("*.png"):
        plate = to_frame(read_picture(path))
        write_picture(folder / f"{path.stem}.jpg", cv2.GaussianBlur(plate, (0, 0), 12))
    return folder


@needs_engine
def test_sharp_plates_are_blurred_restored_and_compared(
    run_command, sharp: Path, negative_folder: Path, tmp_path: Path
) -> None:
    results, sheet = tmp_path / "results.json", tmp_path / "sheet.png"
    done = run_command(
        *(COMMAND, "--sharp", sharp, "--checkpoint", negative_folder, "--seed", 3),
        *("--json", results, "--sheet", sheet),
    )
    assert (done.returncode, done.stderr) == (0, "")
    (comparison,) = json.loads(results.read_text(encoding="utf-8"))
    methods = comparison["methods"]
    assert list(methods) == ["blurred", *BASELINES, str(negative_folder), "sharp"]
    for method in methods:
        assert method in done.stdout
    assert methods[str(negative_folder)]["psnr"] < methods["blurred"]["psnr"]
    assert methods["sharp"]["alphanumeric"] > 0.6
    assert read_picture(sheet).shape[1] > 6 * 270


@needs_engine
def test_one_call_measures_labelled_and_drawn_plates_under_several_profiles(
    run_command, sharp: Path, blurred: Path, tmp_path: Path
) -> None:
    results, sheets = tmp_path / "results.json", tmp_path / "sheets"
    done = run_command(
        *(COMMAND, "--labelled", blurred, "--labels", sharp / "labels.csv", "--synthetic", 3),
        *("--outputs", f"other={sharp}", "--profile", "camera", "--profile", "main", "--markdown"),
        *("--json", results, "--sheet", sheets),
    )
    assert (done.returncode, done.stderr) == (0, "")
    labelled, camera, main_profile = json.loads(results.read_text(encoding="utf-8"))
    assert list(labelled["methods"]) == ["blurred", *BASELINES, "other"]
    assert labelled["methods"]["other"]["changes"]["rescued"] > 10
    for drawn, profile in ((camera, "camera"), (main_profile, "main")):
        assert f"profile {profile}" in drawn["set"]
        assert list(drawn["methods"]) == ["blurred", *BASELINES, "sharp"]
        assert drawn["methods"]["blurred"]["psnr"] and len(drawn["labels"]) == 3
    assert camera["labels"] == main_profile["labels"]
    assert done.stdout.count("### ") == 3 and "parameters" in done.stdout
    names = ["labelled.png", "synthetic-camera.png", "synthetic-main.png"]
    assert sorted(path.name for path in sheets.iterdir()) == names


@needs_engine
def test_labelled_plates_are_read_before_and_after(
    run_command, sharp: Path, blurred: Path, tmp_path: Path
) -> None:
    outputs, results = tmp_path / "outputs", tmp_path / "results.json"
    shutil.copytree(sharp, outputs)
    (outputs / "2.png").unlink()
    done = run_command(
        *(COMMAND, "--labelled", blurred, "--labels", sharp / "labels.csv", "--json", results),
        *("--outputs", f"other={outputs}"),
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "2.png" in line and "missing" in line
    (comparison,) = json.loads(results.read_text(encoding="utf-8"))
    methods = comparison["methods"]
    assert list(methods) == ["blurred", *BASELINES, "other"]
    assert methods["blurred"]["alphanumeric"] < methods["other"]["alphanumeric"]
    assert 0.4 < methods["other"]["alphanumeric"] <= 0.75  # one of four is missing
    assert methods["other"]["pictures"]["2.png"]["reading"] == ""
    assert "PSNR" not in done.stdout


@pytest.fixture
def no_engine(tmp_path: Path) -> dict[str, str]:
    """Make an environment in which the OCR engine cannot be imported."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "rapidocr_onnxruntime.py").write_text("raise ImportError('not here')")
    return {"PYTHONPATH": str(hidden)}


def test_without_the_engine_labelled_plates_alone_cannot_be_measured(
    run_command, sharp: Path, no_engine: dict[str, str]
) -> None:
    done = run_command(COMMAND, "--labelled", sharp, **no_engine)
    assert (done.returncode, done.stdout) == (2, "")
    missing, consequence = done.stderr.splitlines()
    assert "RapidOCR" in missing and "requirements-evaluation.txt" in missing
    assert "nothing can be measured on labelled plates" in consequence


def test_without_the_engine_labelled_plates_are_left_out(
    run_command, sharp: Path, no_engine: dict[str, str]
) -> None:
    done = run_command(COMMAND, "--labelled", sharp, "--synthetic", 2, **no_engine)
    assert done.returncode == 1
    assert "synthetic plates" in done.stdout and "labelled plates" not in done.stdout
    assert "labelled plates of sharp: not measured" in done.stderr


def test_without_the_engine_the_rest_is_measured(
    run_command, sharp: Path, no_engine: dict[str, str]
) -> None:
    done = run_command(COMMAND, "--sharp", sharp, **no_engine)
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("evaluate.py: plates are not read: RapidOCR")
    assert "requirements-evaluation.txt" in line
    assert "PSNR" in done.stdout and "harmed," not in done.stdout


def test_wrong_usage_is_one_line_and_exit_code_2(run_command, tmp_path: Path) -> None:
    done = run_command(COMMAND, "--sharp", tmp_path / "nowhere")
    assert done.returncode == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "nowhere is not a folder" in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to measure on"),
        (["--sharp"], "expected one argument"),
        (["--sharp", "{sharp}", "--profile", "fog"], "invalid choice: 'fog'"),
        (["--labelled", "{sharp}", "--profile", "main"], "--profile belongs to --sharp"),
        (["--sharp", "{sharp}", "--seed", "-1"], "from 0 up"),
        (["--synthetic", "0"], "from 1 up"),
        (["--synthetic", "ten"], "from 1 up"),
        (["--sharp", "{sharp}", "--set", "x"], "--set belongs to --labelled"),
        (["--sharp", "{sharp}", "--outputs", "x={sharp}"], "--outputs belongs to --labelled"),
        (["--labelled", "{sharp}", "--outputs", "{sharp}"], "takes NAME=DIR"),
        (["--labelled", "{sharp}", "--outputs", "x=nowhere"], "nowhere is not a folder"),
        (["--labelled", "{sharp}", *["--outputs", "x={sharp}"] * 2], "a different NAME"),
        (["--labelled", "{sharp}", "--outputs", "Wiener={sharp}"], "two methods are called"),
        (["--labelled", "{sharp}", "--labels", "nowhere.csv"], "no labels at nowhere.csv"),
        (["--labelled", "{sharp}", "--set", "x"], "column named set"),
        (["--labelled", "{empty}", "--labels", "{sharp}/labels.csv"], "no pictures"),
        (["--sharp", "{empty}"], "no pictures"),
        (["--sharp", "{sharp}", "--json", "nowhere/x.json"], "nowhere/x.json does not exist"),
        (["--sharp", "{sharp}", "--sheet", "sheet.pdf"], "suffix of a picture"),
        (["--sharp", "{sharp}", "--model", "fog"], "'fog'"),
        (["--sharp", "{sharp}", "--checkpoint", "{empty}"], "neither"),
    ],
)
def test_each_wrong_usage_says_what_is_wrong(
    sharp: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list, message: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    try:
        code = main([argument.format(sharp=sharp, empty=empty) for argument in arguments])
    except SystemExit as stop:  # malformed ones
        code = stop.code
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
