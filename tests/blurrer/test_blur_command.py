"""The command that blurs pictures, as a user runs it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from plumbing.pictures.codec import read_picture, write_picture


def read(folder: Path) -> dict[str, np.ndarray]:
    return {
        path.name: cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def test_every_picture_is_blurred_under_its_own_name(run_command, source, destination) -> None:
    result = run_command("-m", "blurrer", source, destination)
    assert (result.returncode, result.stderr) == (0, "")
    assert "4 pictures" in result.stdout
    pictures = read(destination)
    assert set(pictures) == {"one.png", "two.png", "three.jpg", "four.bmp"}
    assert not (destination / "targets").exists()
    assert all(
        picture.shape == (90, 270) for name, picture in pictures.items() if "bmp" not in name
    )


def test_targets_and_preview_come_on_demand(run_command, source, destination, tmp_path) -> None:
    preview = tmp_path / "sheet.png"
    result = run_command(
        "-m", "blurrer", source, destination, "--targets", "--preview", preview, "--colour"
    )
    assert result.returncode == 0, result.stderr
    blurred, targets = read(destination), read(destination / "targets")
    assert set(blurred) == set(targets)
    for name, picture in blurred.items():
        assert picture.shape == targets[name].shape == (90, 270, 3)
        assert not np.array_equal(picture, targets[name])
    # Three pairs side by side, in two rows.
    height, width = read_picture(preview).shape[:2]
    assert width >= 6 * 270
    assert 2 * 90 <= height < 3 * 90


def test_the_seed_and_the_name_decide(run_command, source, destination, tmp_path) -> None:
    run_command("-m", "blurrer", source, destination, "--seed", "3", "--profile", "main")
    again, other = tmp_path / "again", tmp_path / "other"
    # A picture more or less changes nothing for the others.
    (source / "four.bmp").unlink()
    run_command("-m", "blurrer", source, again, "--seed", "3", "--profile", "main")
    run_command("-m", "blurrer", source, other, "--seed", "4", "--profile", "main")
    for name, picture in read(again).items():
        np.testing.assert_array_equal(picture, read(destination)[name])
        assert not np.array_equal(picture, read(other)[name])


def test_aspect_is_kept_on_demand(run_command, source, destination, tmp_path) -> None:
    square = np.zeros((100, 100, 3), np.uint8)
    square[20:80, 20:80] = 255
    for path in source.iterdir():
        path.unlink()
    write_picture(source / "square.png", square)
    options = ("--profile", "vertical", "--targets")
    run_command("-m", "blurrer", source, destination, *options)
    run_command("-m", "blurrer", source, tmp_path / "padded", *options, "--keep-aspect")
    stretched, padded = (
        read(folder / "targets")["square.png"] > 127
        for folder in (destination, tmp_path / "padded")
    )
    assert stretched.any(axis=0).sum() > 150
    assert padded.any(axis=0).sum() < 65


def test_a_bad_file_is_named_and_the_rest_goes_on(run_command, source, destination) -> None:
    (source / "broken.jpg").write_bytes((source / "three.jpg").read_bytes()[:300])
    (source / "empty.png").touch()
    result = run_command("-m", "blurrer", source, destination)
    assert result.returncode == 1
    assert "broken.jpg" in result.stderr
    assert "empty.png" in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert "4 pictures" in result.stdout
    assert "2 failed" in result.stdout
    assert set(read(destination)) == {"one.png", "two.png", "three.jpg", "four.bmp"}


def test_sharp_pictures_are_never_replaced(run_command, source, tmp_path) -> None:
    before = {path.name: path.read_bytes() for path in source.iterdir()}
    (tmp_path / "targets").symlink_to(source)
    for arguments, reason in [
        ([tmp_path, "--targets"], "targets"),
        ([tmp_path / "new", "--preview", source / "one.png"], "--preview"),
        ([tmp_path / "new", "--preview", tmp_path / "targets" / "new.png"], "--preview"),
    ]:
        result = run_command("-m", "blurrer", source, *arguments)
        assert result.returncode == 2
        assert len(result.stderr.splitlines()) == 1
        assert reason in result.stderr and str(source) in result.stderr
    assert {path.name: path.read_bytes() for path in source.iterdir()} == before
    assert {path.name for path in tmp_path.iterdir()} == {source.name, "targets"}


def test_blurring_does_without_pillow(run_command, source, destination, tmp_path) -> None:
    hidden = tmp_path / "hidden" / "PIL"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('not here')")
    command = ("-m", "blurrer", source, destination)
    result = run_command(*command, PYTHONPATH=str(hidden.parent))
    assert (result.returncode, result.stderr) == (0, "")
    assert len(read(destination)) == 4
    preview = tmp_path / "sheet.png"
    result = run_command(*command, "--preview", preview, PYTHONPATH=str(hidden.parent))
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1 and "Pillow" in result.stderr
    assert not preview.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["{source}", "{source}"], "same folder"),
        (["{source}/nowhere", "{source}/out"], "no folder"),
        (["{source}/one.png", "{source}/out"], "not a folder"),
        (["{source}", "{source}/one.png"], "one.png"),
        (["{source}", "{empty}", "--preview", "{empty}/sheet.txt"], "sheet.txt"),
        (["{source}", "{empty}", "--profile", "sepia"], "camera"),
        (["{source}", "{empty}", "--seed", "-1"], "whole number"),
        (["{source}", "{empty}", "--seed", "9999999999"], "whole number"),
        (["{source}", ""], "empty"),
        (["", "{empty}/out"], "empty"),
        (["{source}", "{empty}/out", "--preview", "{empty}/none/sheet.png"], "no folder"),
        (["{source}", "{empty}/out", "--preview", "{empty}/" + 300 * "n" + ".png"], "too long"),
        (["{source}", "{empty}/" + 300 * "n"], "too long"),
        (["{source}", "{source}/one.png/below", "--targets"], "one.png"),
    ],
)
def test_wrong_usage_is_explained(
    run_command, source, tmp_path, arguments: list[str], reason: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    filled = [argument.format(source=source, empty=empty) for argument in arguments]
    result = run_command("-m", "blurrer", *filled)
    assert result.returncode == 2
    assert reason in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(empty.iterdir())


def test_no_pictures_are_nothing_to_do(run_command, tmp_path) -> None:
    result = run_command("-m", "blurrer", tmp_path, tmp_path / "out")
    assert result.returncode == 3
    assert len(result.stderr.splitlines()) == 1 and "no pictures" in result.stderr
    assert not list(tmp_path.iterdir())
