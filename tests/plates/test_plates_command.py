from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from plumbing.pictures.codec import find_pictures, read_picture
from tests.conftest import PROJECT

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pictures_and_labels_are_written(run_command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "车牌"
    result = run_command("-m", "plates", folder, "--count", 6, "--seed", 1)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    table = rows(folder)
    assert list(table[0]) == ["file", "label"]
    assert [row["file"] for row in table] == [path.name for path in find_pictures(folder)]
    assert len(table) == 6
    for row in table:
        assert read_picture(folder / row["file"]).shape[2] == 3
        assert "·" not in row["label"]


def test_a_seed_gives_the_same_plates_whatever_the_count(
    run_command: Command, tmp_path: Path
) -> None:
    for name, count, seed in [("few", 2, 7), ("more", 4, 7), ("other", 4, 8)]:
        assert (
            run_command(
                "-m", "plates", tmp_path / name, "--count", count, "--seed", seed
            ).returncode
            == 0
        )
    few, more = rows(tmp_path / "few"), rows(tmp_path / "more")
    assert few == more[:2]
    assert more != rows(tmp_path / "other")
    for row in few:
        written = (tmp_path / name / row["file"] for name in ("few", "more"))
        assert len({path.read_bytes() for path in written}) == 1


def test_plates_in_twos_that_differ_in_one_character(run_command: Command, tmp_path: Path) -> None:
    for name, count in (("even", 6), ("odd", 3)):
        arguments = (tmp_path / name, "--count", count, "--alike", "--kind", "blue")
        assert run_command("-m", "plates", *arguments).returncode == 0
    table = rows(tmp_path / "even")
    for first, second in zip(table[::2], table[1::2], strict=True):
        pairs = zip(first["label"], second["label"], strict=True)
        assert sum(one != other for one, other in pairs) == 1
    assert rows(tmp_path / "odd") == table[:3]


def test_one_kind_alone(run_command: Command, tmp_path: Path) -> None:
    assert run_command("-m", "plates", tmp_path, "--count", 4, "--kind", "white").returncode == 0
    assert {row["label"][-1] for row in rows(tmp_path)} == {"警"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_interruption_leaves_the_labels_of_what_was_drawn(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "plates", tmp_path, "--count", "9999"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "00002.png").exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (130, "")
    table = rows(tmp_path)
    assert 3 <= len(table) < 9999
    assert stdout.startswith(f"{len(table)} of 9999 plates")
    assert stdout.count("\n") == 1
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"labels.csv", *(row["file"] for row in table)}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--count", 0], "'0'"),
        (["--count", "many"], "'many'"),
        (["--count", 2, "--seed", -1], "'-1'"),
        (["--count", 2, "--kind", "pink"], "'pink'"),
        ([], "--count"),
    ],
)
def test_wrong_usage_is_explained(
    run_command: Command, tmp_path: Path, arguments: list[object], reason: str
) -> None:
    result = run_command("-m", "plates", tmp_path / "out", *arguments)
    assert result.returncode == 2
    assert reason in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_left_alone(run_command: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    result = run_command("-m", "plates", tmp_path, "--count", 1)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert str(tmp_path) in result.stderr and "not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_as_destination_is_refused(run_command: Command, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for destination in (file, file / "below"):
        result = run_command("-m", "plates", destination, "--count", 1)
        assert result.returncode == 2
        assert len(result.stderr.splitlines()) == 1
        assert "Traceback" not in result.stderr


def test_without_pillow_it_says_what_to_install(run_command: Command, tmp_path: Path) -> None:
    (tmp_path / "PIL").mkdir()
    (tmp_path / "PIL" / "__init__.py").write_text("raise ModuleNotFoundError(name='PIL')")
    result = run_command("-m", "plates", tmp_path / "out", "--count", 1, PYTHONPATH=str(tmp_path))
    assert result.returncode == 2
    assert (
        result.stderr
        == "plates: error: PIL is not installed; run: pip install -r requirements.txt\n"
    )
    assert not (tmp_path / "out").exists()
