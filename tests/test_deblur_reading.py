"""Plates that are read, through the command itself."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import Command
from tests.helpers.reading_network import TEXT, reading_folder


@pytest.fixture
def read(run_command: Command, tmp_path: Path) -> Command:
    """Run the command with a network that reads."""
    folder = reading_folder(tmp_path / "reader")

    def run(*arguments: object) -> object:
        return run_command("deblur_images.py", *arguments, "--checkpoint", folder)

    return run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Make a folder of a sure plate, a doubtful one, and no plate."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, grey in (("sure", 255), ("doubtful", 180), ("street", 128)):
        Image.new("L", (270, 90), grey).save(folder / f"{name}.png")
    return folder


def table(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {Path(row["source"]).stem: row for row in csv.DictReader(file)}


def test_reports_tell_texts_probabilities_and_runner_ups(
    read: Command, pictures: Path, tmp_path: Path
) -> None:
    reports = [tmp_path / f"r.{suffix}" for suffix in ("csv", "json", "html")]
    wanted = [argument for report in reports for argument in ("--report", report)]
    finished = read(pictures, tmp_path / "out", "--read", *wanted)
    assert finished.returncode == 0
    assert "1 sure, 1 doubtful, 1 no plate" in finished.stdout
    assert len(list((tmp_path / "out").iterdir())) == 3
    rows = table(reports[0])
    assert {name: (row["text"], row["reading"]) for name, row in rows.items()} == {
        "sure": (TEXT, "sure"),
        "doubtful": (TEXT, "doubtful"),
        "street": ("", "no plate"),
    }
    assert len(rows["sure"]["character_probabilities"].split()) == 7
    assert rows["sure"]["runner_ups"] == ""
    assert rows["doubtful"]["runner_ups"].startswith("3: 1 0.8")
    told = json.loads(reports[1].read_text(encoding="utf-8"))
    assert (told["summary"]["doubtful"], told["summary"]["no_plate"]) == (1, 1)
    (doubt,) = next(row for row in told["pictures"] if row["reading"] == "doubtful")["runner_ups"]
    assert (doubt["place"], doubt["character"], doubt["runner_up"]) == (3, "1", "7")
    assert doubt["probability"] + doubt["runner_up_probability"] == pytest.approx(1, abs=0.03)
    page = reports[2].read_text(encoding="utf-8")
    assert "京A<mark>1</mark>2345" in page and "place 3: 1 8" in page and "no plate" in page


def test_the_lines_of_verbose_show_the_texts(read: Command, pictures: Path, tmp_path: Path) -> None:
    finished = read(pictures, tmp_path / "out", "--read", "--verbose")
    assert f"read {TEXT} (" in finished.stderr
    assert "read 京A[17]2345 (" in finished.stderr
    assert "read no plate" in finished.stderr


def test_pictures_are_the_same_whether_they_are_read(
    read: Command, pictures: Path, tmp_path: Path
) -> None:
    plain = read(pictures, tmp_path / "plain", "--report", tmp_path / "plain.csv")
    assert "sure" not in plain.stdout
    assert "text" not in table(tmp_path / "plain.csv")["sure"]
    read(pictures, tmp_path / "read", "--read", "--report", tmp_path / "read.csv")
    for path in (tmp_path / "plain").iterdir():
        assert path.read_bytes() == (tmp_path / "read" / path.name).read_bytes()


def test_pictures_that_are_skipped_are_not_read_and_that_is_told(
    read: Command, pictures: Path, tmp_path: Path
) -> None:
    options = (pictures, tmp_path / "out", "--read", "--report", tmp_path / "r.csv")
    assert "not read" not in read(*options, "--existing", "skip", "--limit", 1).stderr
    finished = read(*options, "--existing", "skip")
    (line,) = [line for line in finished.stderr.splitlines() if "not read" in line]
    assert "1 of 3 pictures are not read" in line and "--read-only" in line
    rows = table(tmp_path / "r.csv")
    assert (rows["doubtful"]["status"], rows["doubtful"]["text"]) == ("skipped", "")
    assert rows["sure"]["text"] == TEXT
    assert "not read" not in read(*options).stderr


@pytest.mark.parametrize("options", [("out", "--read", "--verbose"), ("texts.csv", "--read-only")])
def test_that_a_network_is_not_calibrated_is_told(
    read: Command, pictures: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    destination, *asked = options
    arguments = (pictures / "sure.png", tmp_path / destination, *asked)
    assert "calibrate" not in read(*arguments).stderr
    path = tmp_path / "reader" / "model.json"
    description = json.loads(path.read_text())
    del description["calibration"]
    path.write_text(json.dumps(description))
    finished = read(*arguments)
    (line,) = [line for line in finished.stderr.splitlines() if "calibrate" in line]
    assert line.endswith(f"python3 -m cnn_denoiser.calibrate {tmp_path / 'reader'}")
    assert finished.returncode == 0
    assert "calibrate" not in read(pictures / "sure.png", tmp_path / "plain", "--verbose").stderr


def test_read_only_writes_the_table_and_no_picture(
    read: Command, pictures: Path, tmp_path: Path
) -> None:
    before = set(tmp_path.rglob("*"))
    finished = read(
        pictures, tmp_path / "texts.csv", "--read-only", "--report", tmp_path / "t.html"
    )
    assert finished.returncode == 0
    assert finished.stdout.startswith("3 of 3 pictures read")
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "texts.csv", tmp_path / "t.html"}
    assert table(tmp_path / "texts.csv")["sure"]["text"] == TEXT
    assert table(tmp_path / "texts.csv")["sure"]["output"] == ""


def test_a_table_of_failures_has_the_columns_of_readings(
    read: Command, pictures: Path, tmp_path: Path
) -> None:
    for picture in pictures.iterdir():
        picture.write_bytes(b"torn")
    tables = [tmp_path / "texts.csv", tmp_path / "texts.json"]
    finished = read(pictures, tables[0], "--read-only", "--report", tables[1])
    assert finished.returncode == 1
    assert [row["text"] for row in table(tables[0]).values()] == [""] * 3
    told = json.loads(tables[1].read_text(encoding="utf-8"))["pictures"]
    assert [(row["text"], row["runner_ups"]) for row in told] == [(None, None)] * 3


def test_one_picture_alone_is_read(read: Command, pictures: Path, tmp_path: Path) -> None:
    assert read(pictures / "sure.png", tmp_path / "texts.json", "--read-only").returncode == 0
    (row,) = json.loads((tmp_path / "texts.json").read_text(encoding="utf-8"))["pictures"]
    assert (row["text"], row["output"]) == (TEXT, None)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("out", "--read"), "nothing would show the texts"),
        (("out", "--read-only"), "DST is the table"),
        (("texts.csv", "--read-only", "--compare", "both"), "--compare has no meaning"),
        (("texts.csv", "--read-only", "--existing", "skip"), "--existing has no meaning"),
        (("none/texts.csv", "--read-only"), "error: {tmp}/none/texts.csv cannot be written"),
        (("labels.csv", "--read-only"), "error: {tmp}/labels.csv is where the texts"),
    ],
)
def test_what_has_no_meaning_is_refused_in_a_line(
    read: Command, pictures: Path, tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    before = set(tmp_path.rglob("*"))
    destination, *options = arguments
    finished = read(pictures, tmp_path / destination, *options)
    assert finished.returncode == 2
    assert reason.format(tmp=tmp_path) in finished.stderr and finished.stderr.count("\n") == 1
    assert "--report:" not in finished.stderr
    assert set(tmp_path.rglob("*")) == before


def test_a_table_does_not_take_the_place_of_a_source(
    read: Command, pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "texts.csv").hardlink_to(pictures / "sure.png")
    finished = read(pictures, tmp_path / "texts.csv", "--read-only")
    assert finished.returncode == 2
    assert "would take the place of a source" in finished.stderr


def test_a_network_that_does_not_read_is_refused_before_any_work(
    deblur: Command, pictures: Path, tmp_path: Path
) -> None:
    finished = deblur(pictures, tmp_path / "out", "--read", "--verbose")
    assert finished.returncode == 2
    assert "does not read plates" in finished.stderr and finished.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_frames_of_a_plate_are_read_together(read: Command, pictures: Path, tmp_path: Path) -> None:
    finished = read(pictures, tmp_path / "texts.json", "--read-only", "--group", "(.).*")
    assert finished.returncode == 0
    rows = json.loads((tmp_path / "texts.json").read_text(encoding="utf-8"))["pictures"]
    assert sorted((Path(row["source"]).name, row["text"]) for row in rows) == [
        ("d", TEXT),
        ("s", TEXT),
    ]


def test_tables_of_shards_are_joined_with_their_texts(
    read: Command, run_command: Command, pictures: Path, tmp_path: Path
) -> None:
    parts = [tmp_path / f"{number}.json" for number in (1, 2)]
    for number, part in enumerate(parts, start=1):
        assert read(pictures, part, "--read-only", "--shard", f"{number}/2").returncode == 0
    joined = run_command("-m", "cnn_denoiser.join_reports", *parts, tmp_path / "all.json")
    assert (joined.returncode, joined.stderr) == (0, "")
    assert "3 of 3 pictures read" in joined.stdout
    told = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    summary = told["summary"]
    assert (summary["sure"], summary["doubtful"], summary["no_plate"]) == (1, 1, 1)
    assert (
        run_command("-m", "cnn_denoiser.join_reports", *parts, tmp_path / "all.csv").returncode == 0
    )
    assert table(tmp_path / "all.csv")["sure"]["text"] == TEXT


def test_what_is_readable_as_it_is_is_told(read: Command, pictures: Path, tmp_path: Path) -> None:
    read(pictures, tmp_path / "texts.csv", "--read-only")
    # A negative has nothing in common with its source.
    assert {row["as_it_is"] for row in table(tmp_path / "texts.csv").values()} == {"no"}
