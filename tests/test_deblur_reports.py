"""Warnings and reports, through the command itself."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Command
from tests.helpers.plain_pictures import names, plain_picture


def test_reports_tell_what_became_of_each_picture(
    deblur: Command, source: Path, tmp_path: Path
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


def test_pictures_unlike_plates_are_told_and_marked(
    deblur: Command, source: Path, tmp_path: Path
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
    deblur: Command, source: Path, tmp_path: Path, wish: str, exit_code: int
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
    assert finished.stderr.count("plate crop") == 1


def test_reports_hold_what_evidence_needs(
    deblur: Command, source: Path, negative_folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "r.json"
    options = ("--grey", "--size", "2x", "--format", "jpg", "--quality", "80")
    assert deblur(source, tmp_path / "out", *options, "--report", report).returncode == 0
    told = json.loads(report.read_text())
    for row in told["pictures"]:
        for key in ("source", "output"):
            digest = hashlib.sha256(Path(row[key]).read_bytes()).hexdigest()
            assert row[f"{key}_sha256"] == digest
    summary = told["summary"]
    assert summary["weights_sha256"] == "one" and summary["model"] == "test"
    assert datetime.fromisoformat(summary["date"]).tzinfo is not None
    assert summary["options"] == "--format jpg --quality 80 --size 2x --grey"
    assert f"moussaka {summary['version']}" == deblur("--version").stdout.strip()
    assert "ONNX Runtime" in summary["libraries"]
