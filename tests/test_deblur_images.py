"""The command as a person runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_denoiser.deblurring.command import main
from tests.helpers.dark_pictures import assert_deblurred, dark_picture

COMMAND = Path(__file__).resolve().parents[1] / "deblur_images.py"
SUFFIXES = ("jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff")


def deblur(*arguments: object, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, COMMAND, *arguments]
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def test_every_format_comes_out_under_its_own_name(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    for suffix in SUFFIXES:
        dark_picture().save(source / f"plate 京 {suffix}.{suffix}")
    (source / "notes.txt").write_text("not a picture, and not named like one")
    finished = deblur(source, tmp_path / "new" / "out", "--checkpoint", negative_folder)
    assert finished.returncode == 0
    assert finished.stderr == ""
    assert finished.stdout.startswith("7 of 7 pictures deblurred in ")
    assert "1 other file left alone" in finished.stdout
    assert finished.stdout.count("\n") == 1
    formats = ("JPEG", "JPEG", "PNG", "BMP", "WEBP", "TIFF", "TIFF")
    for suffix, format_name in zip(SUFFIXES, formats, strict=True):
        assert_deblurred(tmp_path / "new" / "out" / f"plate 京 {suffix}.{suffix}", format_name)
    assert len(list((tmp_path / "new" / "out").iterdir())) == 7


def test_bad_pictures_are_named_and_the_good_ones_come_out(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    good = dark_picture()
    good.save(source / "whole.jpg")
    good.save(source / "京A12345.png")
    good.save(source / "transparent.png")
    good.putalpha(255)
    good.save(source / "rgba.png")
    good.convert("L").save(source / "grey.jpg")
    good.convert("P").save(source / "palette.png")
    deep = np.linspace(0, 15000, 2400).astype(np.uint16).reshape(30, 80)
    (source / "16 bits.png").write_bytes(cv2.imencode(".png", deep)[1].tobytes())
    bad = {
        "truncated.jpg": (source / "whole.jpg").read_bytes()[:-300],
        "truncated.png": (source / "rgba.png").read_bytes()[:-30],
        "empty.png": b"",
        "text.png": b"this is text",
        "huge.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
        + b"\0\0\x4e\x20" * 2
        + b"\x08\0\0\0\0"
        + bytes(48_000),
    }
    for name, content in bad.items():
        (source / name).write_bytes(content)
    finished = deblur(source, tmp_path / "out", "--checkpoint", negative_folder)
    assert finished.returncode == 1
    assert "7 of 12 pictures deblurred" in finished.stdout
    assert "5 failed" in finished.stdout
    complaints = [line for line in finished.stderr.splitlines() if "deblur_images.py" in line]
    assert len(complaints) == len(bad)
    assert "Traceback" not in finished.stderr
    for name in bad:
        assert any(f"{source / name}: " in line for line in complaints)
        assert name in finished.stdout
    results = {path.name for path in (tmp_path / "out").iterdir()}
    assert results == {path.name for path in source.iterdir()} - set(bad)
    for name in results:
        assert_deblurred(tmp_path / "out" / name, "JPEG" if name.endswith("jpg") else "PNG")


def test_source_is_never_written_to(source: Path, negative_folder: Path, tmp_path: Path) -> None:
    dark_picture().save(source / "plate.png")
    before = (source / "plate.png").read_bytes()
    (tmp_path / "link").symlink_to(source)
    for destination in (source, tmp_path / "link", f"{source}/../source/"):
        finished = deblur(source, destination, "--checkpoint", negative_folder)
        assert finished.returncode == 2
        assert "same folder" in finished.stderr
        assert "Traceback" not in finished.stderr
    assert [path.read_bytes() for path in source.iterdir()] == [before]


def test_what_cannot_be_done_is_told_in_one_line(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    dark_picture().save(source / "plate.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    own = ("--checkpoint", negative_folder)
    for arguments, exit_code, message in [
        ((tmp_path / "missing", out, *own), 2, "missing does not exist"),
        ((source, tmp_path / "file", *own), 2, "file is not a folder"),
        ((source, tmp_path / "file" / "out", *own), 2, "file"),
        ((source, out, *own, "--report", out / "report.txt"), 2, "report.txt"),
        ((source, out, *own, "--compare", out), 2, "must differ"),
        ((tmp_path / "empty", out, *own), 3, "no pictures in"),
        ((source, out, "--checkpoint", tmp_path / "empty"), 4, "neither"),
        ((source, out, "--model", "nonesuch"), 4, "nonesuch"),
    ]:
        finished = deblur(*arguments)
        assert finished.returncode == exit_code, finished.stderr
        assert message in finished.stderr
        assert finished.stderr.startswith("deblur_images.py: ")
        assert finished.stderr.count("\n") == 1
        assert finished.stdout == ""
    assert not list(tmp_path.rglob("*.temporary"))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("out", "--model", "unet", "--checkpoint", "somewhere"),
        ("out", "--quality", "0"),
        ("out", "--quality", "101"),
        ("out", "--jobs", "none"),
        ("out", "--batch-size", "0"),
        ("out", "--limit=-5"),
        ("out", "--format", "gif"),
        ("out", "--quiet", "--verbose"),
        ("out", "--report", "a.html", "--report", "a.html"),
        ("out", "--recurs"),
    ],
)
def test_wrong_options_end_with_exit_code_2(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["source", *options], "deblur_images.py") == 2
    assert capsys.readouterr().err.startswith("deblur_images.py: error: ")


def test_version_is_the_projects() -> None:
    finished = deblur("--version", options=("-X", "importtime"))
    assert finished.returncode == 0
    assert finished.stdout.startswith("moussaka ")
    version = finished.stdout.split()[-1]
    assert f'\nversion = "{version}"\n' in (COMMAND.parent / "pyproject.toml").read_text()
    assert "numpy" not in finished.stderr


def test_models_are_listed_with_their_figures() -> None:
    finished = deblur("--list-models", options=("-X", "importtime"))
    assert finished.returncode == 0
    for model in ("moussaka", "unet (default)"):
        assert re.search(rf"^{re.escape(model)}, [\d,]+ parameters$", finished.stdout, re.MULTILINE)
    for heading in ("PSNR", "SSIM", "characters", "plates read"):
        assert heading in finished.stdout
    assert re.search(r"^  200 synthetic plates.* \d+\.\d\d dB .*%", finished.stdout, re.MULTILINE)
    assert "the network of 2017" in finished.stdout.split("moussaka")[1]
    assert "onnxruntime" not in finished.stderr
    assert "tensorflow" not in finished.stderr


def test_the_help_names_the_networks_with_figures_and_comes_at_once() -> None:
    finished = deblur("--help", options=("-X", "importtime"))
    assert finished.returncode == 0
    assert re.search(r"^  unet .*; OCR reads \d+% of", finished.stdout, re.MULTILINE)
    assert re.search(r"^  moussaka .*2017.*; OCR reads \d+% of", finished.stdout, re.MULTILINE)
    assert not re.search(r"numpy|cv2|onnxruntime", finished.stderr)


def test_tensorflow_and_keras_are_not_imported(
    source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    dark_picture().save(source / "plate.png")
    options = ("-X", "importtime")
    finished = deblur(source, tmp_path / "out", "--checkpoint", negative_folder, options=options)
    assert finished.returncode == 0
    assert "onnxruntime" in finished.stderr
    assert "tensorflow" not in finished.stderr
    assert "keras" not in finished.stderr
