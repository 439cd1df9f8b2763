"""Which pictures are deblurred, and where to, through the command itself."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Command
from tests.helpers.plain_pictures import names, plain_picture


def test_several_sources(deblur: Command, source: Path, tmp_path: Path) -> None:
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
    deblur: Command, source: Path, tmp_path: Path
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


def test_existing_results_are_overwritten_kept_or_refused(
    deblur: Command, source: Path, tmp_path: Path
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


def test_a_tree_is_deblurred_in_its_shape(deblur: Command, source: Path, tmp_path: Path) -> None:
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
    deblur: Command, source: Path, tmp_path: Path
) -> None:
    before = names(tmp_path)
    out = tmp_path / "new" / "out"
    finished = deblur(source, out, "--dry-run", "--format", "jpg", "--report", tmp_path / "r.html")
    assert finished.returncode == 0
    lines = finished.stdout.splitlines()
    assert lines[0] == f"{source / '0.png'} -> {out / '0.jpg'}"
    assert len([line for line in lines if " -> " in line]) == 3
    assert names(tmp_path) == before and not (tmp_path / "new").exists()


def test_limit_and_quiet(deblur: Command, source: Path, tmp_path: Path) -> None:
    finished = deblur(source, tmp_path / "out", "--limit", "2")
    assert finished.returncode == 0 and "1 more left by --limit" in finished.stdout
    assert names(tmp_path / "out") == ["0.png", "1.png"]
    (source / "2.png").write_bytes(b"")
    finished = deblur(source, tmp_path / "out", "--quiet")
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr == f"deblur_images.py: error: {source / '2.png'}: the file is empty\n"


def test_pictures_that_claim_too_many_pixels_are_refused(
    deblur: Command, source: Path, tmp_path: Path
) -> None:
    plain_picture((300, 100)).save(source / "large.png")
    finished = deblur(source, tmp_path / "out", "--max-pixels", "29999")
    assert finished.returncode == 1
    assert "large.png: too large: 300x100" in finished.stderr
    assert names(tmp_path / "out") == ["0.png", "1.png", "2.png"]


def test_names_that_make_trouble_elsewhere(deblur: Command, tmp_path: Path) -> None:
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
