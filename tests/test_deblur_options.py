"""The options of the command, each through the command itself."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from PIL import Image

Deblur = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def deblur(run_command: Callable[..., CompletedProcess[str]], negative_folder: Path) -> Deblur:
    """Run the command with a network that makes negatives."""

    def run(*arguments: object) -> CompletedProcess[str]:
        return run_command("deblur_images.py", *arguments, "--checkpoint", negative_folder)

    return run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a folder of three pictures of 120x40, red and dark."""
    folder = tmp_path / "source"
    folder.mkdir()
    for number in range(3):
        plain_picture((120, 40)).save(folder / f"{number}.png")
    return folder


def plain_picture(size: tuple[int, int]) -> Image.Image:
    return Image.new("RGB", size, (90, 30, 30))


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_results_in_size_and_colour_of_their_sources(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    plain_picture((600, 200)).save(source / "large.jpg")
    out = tmp_path / "out"
    options = ("--size", "exact", "--colour", "--format", "png", "--compare", tmp_path / "pairs")
    finished = deblur(source, out, *options)
    assert finished.returncode == 0
    assert names(out) == names(tmp_path / "pairs") == ["0.png", "1.png", "2.png", "large.png"]
    for name, size in (("0.png", (120, 40)), ("large.png", (600, 200))):
        with Image.open(out / name) as opened:
            assert opened.size == size
            red, green, blue = np.asarray(opened.convert("RGB"), int)[20, 60]
        assert red - green > 40 and red - blue > 40  # as red as the source
        assert red > 180  # but light, as its negative is
    with Image.open(tmp_path / "pairs" / "large.png") as opened:
        assert opened.size == (600 + 6 + 600, 200)
        left, right = opened.getpixel((300, 100)), opened.getpixel((906, 100))
    assert left[0] < 110 and right[0] > 180


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (("--size", "source"), (277, 90)),
        (("--size", "exact"), (40, 13)),
        (("--size", "540"), (540, 180)),
        (("--size", "3x"), (120, 39)),
        (("--size", "540", "--aspect", "keep"), (540, 176)),
        (("--aspect", "keep", "--colour"), (277, 90)),
        (("--aspect", "frame"), (270, 90)),
    ],
)
def test_results_of_a_small_picture(
    deblur: Deblur, tmp_path: Path, options: tuple[str, ...], size: tuple[int, int]
) -> None:
    plain_picture((40, 13)).save(tmp_path / "small.png")
    assert deblur(tmp_path / "small.png", tmp_path / "out.png", *options).returncode == 0
    with Image.open(tmp_path / "out.png") as opened:
        assert opened.size == size
        assert opened.mode == ("RGB" if "--colour" in options else "L")


def test_a_result_that_would_be_huge_is_a_failure(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    finished = deblur(source / "0.png", tmp_path / "out", "--size", "9000x")
    assert finished.returncode == 1
    assert "0.png: its result would be too large: 1080000x360000" in finished.stderr
    assert names(tmp_path / "out") == []


def test_a_quality_without_effect_is_told(deblur: Deblur, source: Path, tmp_path: Path) -> None:
    told = "warning: --quality has no effect on "
    finished = deblur(source, tmp_path / "out", "--quality", "50")
    assert finished.returncode == 0 and f"{told}any result" in finished.stderr
    plain_picture((120, 40)).save(source / "3.jpg")
    finished = deblur(source, tmp_path / "out", "--quality", "50")
    assert f"{told}3 of 4 results" in finished.stderr
    finished = deblur(source, tmp_path / "out", "--quality", "50", "--format", "webp")
    assert finished.stderr == ""
    finished = deblur(source, tmp_path / "out", "--quality", "50", "--quiet")
    assert finished.stderr == ""


def test_several_sources(deblur: Deblur, source: Path, tmp_path: Path) -> None:
    plain_picture((120, 40)).save(tmp_path / "a.jpg")
    plain_picture((120, 40)).save(tmp_path / "b.png")
    (source / "day").mkdir()
    out = tmp_path / "out"
    arguments = (tmp_path / "a.jpg", tmp_path / "b.png", "--verbose", source, out)
    finished = deblur(*arguments, "--report", tmp_path / "r.json")
    assert finished.returncode == 0
    assert names(out) == ["0.png", "1.png", "2.png", "a.jpg", "b.png"]
    assert "5 of 5 pictures" in finished.stdout
    assert "1 sub-folder passed over (--recursive looks into them)" in finished.stdout
    summary = json.loads((tmp_path / "r.json").read_text())["summary"]
    assert summary["sources"] == [str(path) for path in (*arguments[:2], source)]
    (tmp_path / "other").mkdir()
    plain_picture((120, 40)).save(tmp_path / "other" / "0.png")
    refused = deblur(source, tmp_path / "other", out)
    assert refused.returncode == 2
    assert str(source / "0.png") in refused.stderr and "the same result" in refused.stderr
    refused = deblur(tmp_path / "a.jpg", tmp_path / "b.png", tmp_path / "c.png" / "nowhere.jpg")
    assert refused.returncode == 0 and names(tmp_path / "c.png") == [
        "nowhere.jpg/a.jpg", "nowhere.jpg/b.png"
    ]  # fmt: skip


def test_names_that_cannot_be_leave_nothing_behind(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    before = names(tmp_path)
    out = tmp_path / "out"
    for arguments, told in [
        ((source, ""), "is empty; is a variable unset?"),
        (("", out), "is empty; is a variable unset?"),
        ((source, out, "--compare", ""), "is empty"),
        ((source, out, "--report", ""), "is empty"),
        ((source, out, "--report", tmp_path / ("x" * 300 + ".csv")), "too long"),
        ((source, out, "--compare", tmp_path / ("x" * 300)), "too long"),
        ((source, tmp_path / ("京" * 100)), "too long"),
        ((source, out, "--report", tmp_path / "nowhere" / "r.csv"), "there is no folder"),
        ((source, out, "--report", source / "labels.csv"), "texts of plates"),
        ((source, out, "--compare", source / "0.png"), "is not a folder"),
        ((source, out, "--batch-size", "99999999999"), "from 1 to 256"),
        ((source, out, "--jobs", "1000000"), "from 1 to 256"),
        ((source, out, "--limit", "9" * 5000), "whole number"),
    ]:
        finished = deblur(*arguments)
        assert finished.returncode == 2, arguments
        assert told in finished.stderr and finished.stderr.count("\n") == 1
        assert names(tmp_path) == before and not out.exists()
    inside = deblur(source, out, "--report", out / "r.html", "--compare", out / "pairs")
    assert inside.returncode == 0 and (out / "r.html").is_file()


def test_results_in_colour_at_the_networks_size(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    assert deblur(source / "0.png", tmp_path / "one.webp", "--colour").returncode == 0
    with Image.open(tmp_path / "one.webp") as opened:
        assert (opened.format, opened.size) == ("WEBP", (270, 90))
        red, green, _ = opened.convert("RGB").getpixel((100, 50))
    assert red - green > 40


def test_quality_is_that_of_the_files(deblur: Deblur, source: Path, tmp_path: Path) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (90, 270), dtype=np.uint8)
    Image.fromarray(pixels).save(source / "0.png")
    sizes = []
    for quality in ("10", "90"):
        arguments = ("--format", "jpg", "--quality", quality, "--limit", "1")
        assert deblur(source, tmp_path / quality, *arguments).returncode == 0
        sizes.append((tmp_path / quality / "0.jpg").stat().st_size)
    assert sizes[0] < sizes[1] / 3


def test_reports_tell_what_became_of_each_picture(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    (source / "1.png").write_bytes(b"")
    (source / "notes.txt").touch()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2.png").write_bytes(b"stands already")
    whole = tmp_path / "whole.jpg"
    pixels = np.random.default_rng(6).integers(0, 256, (90, 270), dtype=np.uint8)
    Image.fromarray(pixels).save(whole)
    (source / "cut.jpg").write_bytes(whole.read_bytes()[:-2])
    reports = [tmp_path / f"report.{suffix}" for suffix in ("html", "json", "csv")]
    wanted = [argument for report in reports for argument in ("--report", report)]
    finished = deblur(source, tmp_path / "out", "--existing", "skip", *wanted)
    assert finished.returncode == 1
    for part in ("2 of 4", "1 skipped", "1 failed: 1.png", "1 repaired", "1 other file"):
        assert part in finished.stdout
    rows = list(csv.DictReader(reports[2].open(newline="", encoding="utf-8-sig")))
    assert [(Path(row["source"]).name, row["status"]) for row in rows] == [
        ("0.png", "done"),
        ("1.png", "failed"),
        ("2.png", "skipped"),
        ("cut.jpg", "done"),
    ]
    assert rows[1]["reason"] == "the file is empty"
    assert "repaired" in rows[3]["reason"]
    told = json.loads(reports[1].read_text())
    assert {key: told["summary"][key] for key in ("done", "failed", "skipped", "others")} == {
        "done": 2,
        "failed": 1,
        "skipped": 1,
        "others": 1,
    }
    (done, *_, cut) = told["pictures"]
    assert done["output"] == str(tmp_path / "out" / "0.png")
    assert (done["width"], done["height"], cut["width"]) == (120, 40, 270)
    assert done["milliseconds"] > 0
    assert "1.png" in reports[0].read_text() and "the file is empty" in reports[0].read_text()


def test_existing_results_are_overwritten_kept_or_refused(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    standing = out / "1.png"
    standing.write_bytes(b"stands already")
    refused = deblur(source, out, "--existing", "error")
    assert refused.returncode == 2 and "1.png" in refused.stderr
    assert names(out) == ["1.png"]
    kept = deblur(source, out, "--existing", "skip")
    assert kept.returncode == 0 and "1 skipped" in kept.stdout
    assert standing.read_bytes() == b"stands already"
    assert deblur(source, out).returncode == 0
    assert standing.read_bytes() == (out / "0.png").read_bytes()


def test_a_tree_is_deblurred_in_its_shape(deblur: Deblur, source: Path, tmp_path: Path) -> None:
    (source / "day" / "hour").mkdir(parents=True)
    plain_picture((120, 40)).save(source / "day" / "hour" / "3.png")
    (source / "day" / "loop").symlink_to(source)
    (source / "link.png").symlink_to(source / "0.png")
    out = source / "out"
    expected = ["0.png", "1.png", "2.png", "day/hour/3.png", "link.png"]
    for _ in range(2):  # the second time, too, though there are pictures in SRC/out now
        finished = deblur(source, out, "--recursive", "--verbose")
        assert finished.returncode == 0
        assert names(out) == expected
        assert "5 of 5" in finished.stdout
        assert finished.stderr.count(" -> ") == 5
    assert (source / "link.png").is_symlink()
    assert not (out / "link.png").is_symlink()


def test_a_dry_run_tells_what_would_be_made_and_makes_nothing(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    before = names(tmp_path)
    out = tmp_path / "new" / "out"
    finished = deblur(source, out, "--dry-run", "--format", "jpg", "--report", tmp_path / "r.html")
    assert finished.returncode == 0
    lines = finished.stdout.splitlines()
    assert lines[0] == f"{source / '0.png'} -> {out / '0.jpg'}"
    assert len([line for line in lines if " -> " in line]) == 3
    assert names(tmp_path) == before and not (tmp_path / "new").exists()


def test_limit_and_quiet(deblur: Deblur, source: Path, tmp_path: Path) -> None:
    finished = deblur(source, tmp_path / "out", "--limit", "2")
    assert finished.returncode == 0 and "1 more left by --limit" in finished.stdout
    assert names(tmp_path / "out") == ["0.png", "1.png"]
    (source / "2.png").write_bytes(b"")
    finished = deblur(source, tmp_path / "out", "--quiet")
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr == f"deblur_images.py: error: {source / '2.png'}: the file is empty\n"


def test_pictures_unlike_plates_are_told_and_marked(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    plain_picture((1920, 1080)).save(source / "scene.png")
    plain_picture((48, 64)).save(source / "upright.png")
    reports = [tmp_path / f"r.{suffix}" for suffix in ("html", "json", "csv")]
    wanted = [argument for report in reports for argument in ("--report", report)]
    finished = deblur(source, tmp_path / "out", *wanted)
    assert finished.returncode == 0
    assert finished.stderr.count("\n") == 1
    assert "warning: 2 pictures carry a warning" in finished.stderr
    assert "scene.png" in finished.stderr and "crop" in finished.stderr
    told = json.loads(reports[1].read_text())
    assert told["summary"]["warned"] == 2
    warned = {Path(row["source"]).name: row["warning"] for row in told["pictures"]}
    assert warned["0.png"] == ""
    assert warned["scene.png"].startswith("does not look like a plate crop: 1920x1080")
    with reports[2].open(encoding="utf-8-sig", newline="") as file:
        assert {Path(row["source"]).name: row["warning"] for row in csv.DictReader(file)} == warned
    assert warned["scene.png"] in reports[0].read_text()


@pytest.mark.parametrize(("wish", "exit_code"), [("skip", 0), ("fail", 1)])
def test_pictures_unlike_plates_can_be_refused(
    deblur: Deblur, source: Path, tmp_path: Path, wish: str, exit_code: int
) -> None:
    plain_picture((640, 480)).save(source / "scene.png")
    report = tmp_path / "r.json"
    finished = deblur(source, tmp_path / "out", "--on-warning", wish, "--report", report)
    assert finished.returncode == exit_code
    assert names(tmp_path / "out") == ["0.png", "1.png", "2.png"]
    *_, row = json.loads(report.read_text())["pictures"]
    assert row["status"] == {"skip": "skipped", "fail": "failed"}[wish]
    assert (row["width"], row["height"], row["output"]) == (640, 480, None)
    assert "plate crop" in row["reason"] and row["reason"] == row["warning"]
    assert f"1 {row['status']}" in finished.stdout


def test_reports_hold_what_evidence_needs(
    deblur: Deblur, source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "r.json"
    options = ("--colour", "--size", "2x", "--format", "jpg", "--quality", "80")
    assert deblur(source, tmp_path / "out", *options, "--report", report).returncode == 0
    told = json.loads(report.read_text())
    for row in told["pictures"]:
        for key in ("source", "output"):
            digest = hashlib.sha256(Path(row[key]).read_bytes()).hexdigest()
            assert row[f"{key}_sha256"] == digest
    summary = told["summary"]
    assert summary["weights_sha256"] == "one" and summary["model"] == "test"
    assert datetime.fromisoformat(summary["date"]).tzinfo is not None
    assert summary["options"] == "--format jpg --quality 80 --size 2x --colour"
    assert f"moussaka {summary['version']}" == deblur("--version").stdout.strip()
    assert "ONNX Runtime" in summary["libraries"]


def test_pictures_that_claim_too_many_pixels_are_refused(
    deblur: Deblur, source: Path, tmp_path: Path
) -> None:
    plain_picture((300, 100)).save(source / "large.png")
    finished = deblur(source, tmp_path / "out", "--max-pixels", "29999")
    assert finished.returncode == 1
    assert "large.png: too large: 300x100" in finished.stderr
    assert names(tmp_path / "out") == ["0.png", "1.png", "2.png"]


def test_names_that_make_trouble_elsewhere(deblur: Deblur, tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    plain_picture((120, 40)).save(tmp_path / "picture.png")
    content = (tmp_path / "picture.png").read_bytes()
    wanted = ["-v.png", "a b.png", "new\nline.png", "京A12345.png", "x" * 251 + ".png", "%s{}.png"]
    hidden = [".hidden.png", ".DS_Store", "Thumbs.db"]
    for name in [*wanted, *hidden]:
        (source / name).write_bytes(content)
    try:
        undecodable = b"\xff\xfe.png".decode("utf-8", "surrogateescape")
        (source / undecodable).write_bytes(content)
        wanted.append(undecodable)
    except OSError:
        pass  # a file system that wants UTF-8
    (source / "two\nlines.png").write_bytes(b"")
    reports = [tmp_path / f"report.{suffix}" for suffix in ("html", "json", "csv")]
    arguments = [argument for report in reports for argument in ("--report", report)]
    finished = deblur(source, out, "--verbose", *arguments)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == len(wanted) + 1
    assert r"two\nlines.png: the file is empty" in finished.stderr
    assert finished.stdout.count("\n") == 1
    assert r"1 failed: two\nlines.png" in finished.stdout
    assert "other file" not in finished.stdout
    assert {path.name for path in out.iterdir()} == set(wanted)
    assert len(json.loads(reports[1].read_text())["pictures"]) == len(wanted) + 1


def test_neither_jobs_nor_batches_change_anything(
    run_command: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    source = Path(__file__).parents[1] / "data" / "final_test"
    told = []
    for name, jobs, batch_size in (("one", 1, 1), ("many", 7, 5)):
        table = tmp_path / f"{name}.csv"
        options = ("--jobs", jobs, "--batch-size", batch_size, "--report", table, "--limit", 12)
        finished = run_command("deblur_images.py", source, tmp_path / name, *options)
        assert finished.returncode == 0
        told.append(
            [row["source"] for row in csv.DictReader(table.open(newline="", encoding="utf-8-sig"))]
        )
    assert told[0] == told[1] == sorted(told[0]) and len(told[0]) == 12
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "many" / path.name).read_bytes()
