"""Several frames of a plate, as a person gives them to the command."""

from __future__ import annotations

import csv
import json
import shutil
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from plumbing.pictures.codec import read_picture, write_picture
from tests.helpers.bursts import burst, plate_frame
from tests.helpers.plain_pictures import names
from tests.helpers.reading_network import reading_folder
from tests.helpers.videos import write_video


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """Make two folders of three frames each, and a picture beside them."""
    folder = tmp_path / "plates"
    for number, name in enumerate(("one", "two")):
        for index, frame in enumerate(burst(number, 3, level=10)):
            (folder / name).mkdir(parents=True, exist_ok=True)
            write_picture(folder / name / f"{index}.png", frame.blurred)
    write_picture(folder / "alone.png", plate_frame(9))
    return folder


def rows(report: Path) -> dict[str, dict]:
    told = json.loads(report.read_text(encoding="utf-8"))["pictures"]
    return {Path(row["source"]).name: row for row in told}


def test_each_sub_folder_becomes_one_picture(deblur, plates: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = deblur(plates, tmp_path / "out", "--group", "folder", "--report", report)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 of 3 pictures deblurred" in done.stdout
    assert names(tmp_path / "out") == ["alone.png", "one.png", "two.png"]
    told = rows(report)
    assert [frame["used"] for frame in told["one"]["frames"]] == [True] * 3
    assert max(frame["fit"] for frame in told["one"]["frames"]) == 1
    result = read_picture(tmp_path / "out" / "one.png")[..., 0]
    single = 255 - read_picture(plates / "one" / "0.png")[..., 0]
    assert result.shape == (90, 270)
    assert not np.array_equal(result, single)


def test_one_frame_is_the_plain_case(deblur, plates: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        shutil.copy(plates / "one" / "0.png", plates / "one" / f"{number}.png")  # identical ones
    deblur(plates, tmp_path / "out", "--group", "folder")
    deblur(plates / "alone.png", plates / "one" / "0.png", tmp_path / "plain")
    for result, plain in (("alone.png", "alone.png"), ("one.png", "0.png")):
        assert (tmp_path / "out" / result).read_bytes() == (tmp_path / "plain" / plain).read_bytes()


def test_a_regular_expression_groups_by_name(deblur, plates: Path, tmp_path: Path) -> None:
    flat, nested = tmp_path / "flat", tmp_path / "nested"
    flat.mkdir()
    for path in plates.glob("*/*.png"):
        shutil.copy(path, flat / f"{path.parent.name}_{path.name}")
    deblur(flat, tmp_path / "flat-out", "--group", r"(.+)_\d+$")
    shutil.copytree(plates, nested, ignore=shutil.ignore_patterns("alone.png"))
    deblur(nested, tmp_path / "nested-out", "--group", "folder")
    assert names(tmp_path / "flat-out") == ["one.png", "two.png"]
    for name in names(tmp_path / "flat-out"):
        ours, theirs = (tmp_path / f"{kind}-out" / name for kind in ("flat", "nested"))
        assert ours.read_bytes() == theirs.read_bytes()


def test_what_does_not_belong_is_left_out_and_told(deblur, plates: Path, tmp_path: Path) -> None:
    deblur(plates, tmp_path / "before", "--group", "folder")
    write_picture(plates / "one" / "foreign.png", plate_frame(30))
    whole = (plates / "one" / "0.png").read_bytes()
    (plates / "one" / "half.png").write_bytes(whole[: len(whole) // 2])
    report = tmp_path / "report"
    options = [f"--report={report}{suffix}" for suffix in (".json", ".csv", ".html")]
    done = deblur(plates, tmp_path / "out", "--group", "folder", *options)
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "1 of 5 frames failed, half.png" in done.stderr
    frames = {
        Path(row["source"]).name: row for row in rows(Path(f"{report}.json"))["one"]["frames"]
    }
    assert [name for name, frame in frames.items() if frame["used"]] == ["0.png", "1.png", "2.png"]
    assert "another plate" in frames["foreign.png"]["reason"]
    assert "damaged" in frames["half.png"]["reason"]
    with open(f"{report}.csv", encoding="utf-8-sig", newline="") as file:
        told = {Path(row["source"]).name: row["frames"] for row in csv.DictReader(file)}
    assert told["one"].startswith("3 of 5 used; foreign.png: ")
    assert "3 of 5 frames" in Path(f"{report}.html").read_text(encoding="utf-8")
    same = [(tmp_path / folder / "one.png").read_bytes() for folder in ("before", "out")]
    assert same[0] == same[1]


def test_a_group_without_a_whole_frame_fails_alone(deblur, plates: Path, tmp_path: Path) -> None:
    for path in (plates / "one").iterdir():
        path.write_bytes(path.read_bytes()[:60])
    done = deblur(plates, tmp_path / "out", "--group", "folder")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "one: none of its 3 frames: " in done.stderr
    assert names(tmp_path / "out") == ["alone.png", "two.png"]


def test_frames_on_which_nothing_is_read_are_told(run_command, tmp_path: Path) -> None:
    frame = np.full((30, 90), 128, np.uint8)
    frame[:, :20], frame[:, 70:] = 0, 255
    (tmp_path / "scenes" / "one").mkdir(parents=True)
    for number in range(2):
        write_picture(tmp_path / "scenes" / "one" / f"{number}.png", frame)
    network = reading_folder(tmp_path / "reader")
    for wish, status in (("keep", "done"), ("skip", "skipped"), ("fail", "failed")):
        run_command(
            "deblur_images.py", tmp_path / "scenes", tmp_path / wish, "--group", "folder",
            "--checkpoint", network, "--on-warning", wish, "--report", tmp_path / "report.json",
        )  # fmt: skip
        told = rows(tmp_path / "report.json")["one"]
        assert told["status"] == status
        assert "nothing on it can be read" in (told["warning"] or told["reason"])


def test_best_is_one_of_the_single_results(deblur, plates: Path, tmp_path: Path) -> None:
    deblur(plates, tmp_path / "out", "--group", "folder", "--fuse", "best")
    deblur(plates / "one", tmp_path / "single")
    singles = [path.read_bytes() for path in (tmp_path / "single").iterdir()]
    assert (tmp_path / "out" / "one.png").read_bytes() in singles


def test_a_group_is_skipped_limited_and_refused_as_one(
    deblur, plates: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    group = ("--group", "folder")
    deblur(plates, out, *group, "--limit", 2)
    assert names(out) == ["alone.png", "one.png"]
    done = deblur(plates, out, *group, "--existing", "skip")
    assert "1 of 3 pictures deblurred" in done.stdout
    assert "2 skipped" in done.stdout
    done = deblur(plates, out, *group, "--existing", "error")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    dry = [deblur(plates, out, *group, "--dry-run", "--shard", f"{k}/3").stdout for k in (1, 2, 3)]
    together = deblur(plates, out, *group, "--dry-run").stdout
    assert sorted("".join(dry).splitlines()) == sorted(together.splitlines())
    assert together.count(" (3 frames) -> ") == 2


def test_the_format_size_and_colours_of_a_group(deblur, plates: Path, tmp_path: Path) -> None:
    red = cv2.merge([plate_frame(0) // 3, plate_frame(0) // 3, plate_frame(0)])
    for path in (plates / "one").iterdir():
        write_picture(path, cv2.resize(red, (400, 140)))
    done = deblur(
        *(plates, tmp_path / "out", "--group", "folder", "--format", "webp"),
        *("--size", "source", "--compare", tmp_path / "compared"),
    )
    assert done.returncode == 0, done.stderr
    result = read_picture(tmp_path / "out" / "one.webp")
    assert result.shape == (140, 400, 3)
    assert result[..., 2].mean() > result[..., 0].mean() + 5
    assert names(tmp_path / "compared") == ["alone.webp", "one.webp", "two.webp"]


def test_two_groups_of_one_name_collide(deblur, plates: Path, tmp_path: Path) -> None:
    shutil.copy(plates / "alone.png", plates / "one.png")
    done = deblur(plates, tmp_path / "out", "--group", "folder")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "the same result" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_result_never_takes_the_place_of_a_frame(deblur, tmp_path: Path) -> None:
    frames = [tmp_path / "car_1.png", tmp_path / "car.png"]
    for frame in frames:
        write_picture(frame, plate_frame(1))
    done = deblur(*frames, tmp_path, "--group", "^(car)")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "would take the place of a source" in done.stderr
    assert np.array_equal(read_picture(frames[1])[..., 0], plate_frame(1))


def test_archives_hold_groups_too(deblur, plates: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "plates.tar", "w") as archive:
        archive.add(plates, ".")
    deblur(plates, tmp_path / "out", "--group", "folder")
    report = tmp_path / "report.json"
    done = deblur(
        *(tmp_path / "plates.tar", tmp_path / "out.tar", "--group", "folder", "--report", report)
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(rows(report)["one"]["frames"]) == 3
    with tarfile.open(tmp_path / "out.tar") as archive:
        contents = {name: archive.extractfile(name).read() for name in archive.getnames()}
    assert contents == {
        name: (tmp_path / "out" / name).read_bytes() for name in names(tmp_path / "out")
    }


@pytest.mark.parametrize("every", [1, 3])
def test_a_video_becomes_one_picture(deblur, tmp_path: Path, every: int) -> None:
    frames = [cv2.cvtColor(frame.blurred, cv2.COLOR_GRAY2BGR) for frame in burst(1, 7, level=10)]
    video = write_video(tmp_path / "plate.avi", frames)
    report = tmp_path / "report.json"
    options = ("--group", "folder", "--every", every, "--report", report)
    done = deblur(video, tmp_path / "out", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert names(tmp_path / "out") == ["plate.png"]
    told = rows(report)["plate.avi"]["frames"]
    assert [int(frame["source"].rpartition("#")[2]) for frame in told] == list(range(0, 7, every))
    done = deblur(video, tmp_path / "named.jpg", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert read_picture(tmp_path / "named.jpg").shape[:2] == (90, 270)


def test_videos_that_cannot_be_are_told_in_a_line(deblur, tmp_path: Path) -> None:
    frames = [cv2.cvtColor(plate_frame(1), cv2.COLOR_GRAY2BGR)] * 3
    video = write_video(tmp_path / "plate.avi", frames)
    done = deblur(video, tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "plate.avi is a video; --group folder" in done.stderr
    video.write_bytes(video.read_bytes()[:300])
    done = deblur(video, tmp_path / "out", "--group", "folder")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "plate.avi: cannot be decoded" in done.stderr
    assert names(tmp_path / "out") == []


def test_an_expression_that_is_none_is_told_in_a_line(deblur, plates: Path, tmp_path: Path) -> None:
    done = deblur(plates, tmp_path / "out", "--group", "(")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--group" in done.stderr
