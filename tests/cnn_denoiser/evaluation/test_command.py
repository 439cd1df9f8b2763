"""The command as a person runs it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pytest

from cnn_denoiser.evaluation.command import main
from plumbing.pictures.codec import read_picture, write_picture
from plumbing.pictures.frame import to_frame

PROJECT = Path(__file__).resolve().parents[3]
COMMAND = "cnn_denoiser/evaluate.py"
BASELINES = ["unsharp mask", "Wiener", "Richardson-Lucy"]

needs_engine = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr_onnxruntime") is None, reason="RapidOCR is not installed"
)


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
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert "4 of 4 pictures have a text" in done.stderr
    (comparison,) = json.loads(results.read_text(encoding="utf-8"))
    methods = comparison["methods"]
    assert list(methods) == ["blurred", *BASELINES, str(negative_folder), "sharp"]
    for method in methods:
        assert method in done.stdout
    assert methods[str(negative_folder)]["psnr"] < methods["blurred"]["psnr"]
    assert methods["sharp"]["reading"]["mean"]["alphanumeric"] > 0.6
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
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert "4 of 4 pictures have a text" in done.stderr
    labelled, camera, main_profile = json.loads(results.read_text(encoding="utf-8"))
    assert list(labelled["methods"]) == ["blurred", *BASELINES, "other"]
    assert labelled["methods"]["other"]["changes"]["rapidocr"]["rescued"] > 10
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
    counted, line = done.stderr.splitlines()
    assert "4 of 4 pictures" in counted
    assert "2.png" in line and "missing" in line
    (comparison,) = json.loads(results.read_text(encoding="utf-8"))
    methods = comparison["methods"]
    assert list(methods) == ["blurred", *BASELINES, "other"]
    before, after = (methods[m]["reading"]["rapidocr"] for m in ("blurred", "other"))
    assert before["alphanumeric"] < after["alphanumeric"]
    assert 0.4 < after["alphanumeric"] <= 0.75  # one of four is missing
    assert methods["other"]["pictures"]["2.png"]["readings"]["rapidocr"] == ""
    assert "PSNR" not in done.stdout


def test_wrong_usage_is_one_line_and_exit_code_2(run_command, tmp_path: Path) -> None:
    done = run_command(COMMAND, "--sharp", tmp_path / "nowhere")
    assert done.returncode == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "nowhere is not a folder" in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--labelled", "{sharp}", "--outputs", "Wiener={sharp}"], "two methods are called"),
        (["--labelled", "{sharp}", "--set", "x"], "column named set"),
        (["--sharp", "{sharp}", "--json", "nowhere/x.json"], "nowhere/x.json does not exist"),
        (["--sharp", "{sharp}", "--sheet", "sheet.pdf"], "suffix of a picture"),
        (["--sharp", "{sharp}", "--json", "{sharp}"], "is a folder"),
        (["--sharp", "{sharp}", "--json", "{sharp}/" + 300 * "x"], "too long a name"),
        (["--sharp", "{sharp}", "--json", "{sharp}/labels.csv"], "would overwrite"),
        (["--sharp", "{sharp}", "--sheet", "{sharp}/0.png"], "would overwrite"),
        (["--sharp", "{sharp}", "--sheet", "{sharp}/0.PNG"], "would overwrite"),
        (["--sharp", "{sharp}", "--sheet", "{empty}/link.png"], "would overwrite"),
        (["--sharp", "{sharp}", "--sheet", "x.png", "--json", "x.png"], "be written twice"),
        (["--sharp", "{sharp}", "--sheet", "new", "--json", "new"], "and the folder of the sheets"),
        (["--synthetic", "1", "--sheet", "{sharp}/0.png", "--checkpoint", "{sharp}"], "overwrite"),
    ],
)
def test_what_does_not_fit_what_is_there_is_wrong_usage(
    sharp: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list, message: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "link.png").symlink_to(sharp / "1.png")
    before = {path: path.read_bytes() for path in sharp.iterdir()}
    assert main([argument.format(sharp=sharp, empty=empty) for argument in arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert {path: path.read_bytes() for path in sharp.iterdir()} == before
    assert [path.name for path in empty.iterdir()] == ["link.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--labelled", "{empty}", "--labels", "{sharp}/labels.csv"], 3, "no pictures"),
        (["--sharp", "{empty}"], 3, "no pictures"),
        (["--sharp", "{sharp}", "--model", "fog"], 4, "'fog'"),
        (["--sharp", "{sharp}", "--checkpoint", "{empty}"], 4, "neither"),
    ],
)
def test_nothing_to_measure_and_no_network_have_their_exit_codes(
    sharp: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list, code: int,
    message: str,
) -> None:  # fmt: skip
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main([argument.format(sharp=sharp, empty=empty) for argument in arguments]) == code
    assert message in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("what", ["truncated", "deep", "no object"])
def test_a_damaged_network_is_told_in_a_line(
    tmp_path: Path, negative_folder: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    description = negative_folder / "model.json"
    if what == "truncated":
        (negative_folder / "model.onnx").write_bytes(b"half")
        (negative_folder / "weights.weights.h5").write_bytes(b"half")
    else:
        description.write_text("[" * 100_000 if what == "deep" else "7")
    assert main(["--synthetic", "1", "--checkpoint", str(negative_folder)]) == 4
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("moussaka-evaluate: error: ") and str(negative_folder) in line


@needs_engine
def test_names_that_are_not_utf8_are_measured_and_written(sharp: Path, run_command) -> None:
    name = "caf\udce9\x1b[1m.png"
    (sharp / "0.png").rename(sharp / name)
    text = (sharp / "labels.csv").read_text(encoding="utf-8").replace("0.png", name)
    (sharp / "labels.csv").write_bytes(text.encode(errors="surrogateescape"))
    results, sheet = sharp.parent / "results.json", sharp.parent / "sheet.png"
    done = run_command(
        *(COMMAND, "--sharp", sharp, "--json", results, "--sheet", sheet),
        *("--engine", "rapidocr"),
        LC_ALL="C",
        PYTHONUTF8="0",
    )
    assert done.returncode == 0, done.stderr
    assert "4 of 4 pictures have a text" in done.stderr
    (comparison,) = json.loads(results.read_text(encoding="utf-8"))
    assert comparison["labels"][name] and "agentclpr" not in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_an_interrupted_measurement_writes_nothing(tmp_path: Path) -> None:
    command = [sys.executable, str(PROJECT / COMMAND), "--synthetic", "3000"]
    process = subprocess.Popen(
        [*command, "--json", str(tmp_path / "x.json")], stderr=subprocess.PIPE, text=True
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in told and not list(tmp_path.iterdir())


def test_the_script_works_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PROJECT / COMMAND, "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "usage: evaluate.py" in done.stdout and "--engine" in done.stdout
