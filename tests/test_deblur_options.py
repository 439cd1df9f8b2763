"""The options that shape results, each through the command itself."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Command
from tests.helpers.plain_pictures import names, plain_picture


def test_results_in_size_and_colour_of_their_sources(
    deblur: Command, source: Path, tmp_path: Path
) -> None:
    plain_picture((600, 200)).save(source / "large.jpg")
    out = tmp_path / "out"
    options = ("--size", "exact", "--format", "png", "--compare", tmp_path / "pairs")
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
        (("--aspect", "keep", "--grey"), (277, 90)),
        (("--aspect", "frame"), (270, 90)),
    ],
)
def test_results_of_a_small_picture(
    deblur: Command, tmp_path: Path, options: tuple[str, ...], size: tuple[int, int]
) -> None:
    plain_picture((40, 13)).save(tmp_path / "small.png")
    assert deblur(tmp_path / "small.png", tmp_path / "out.png", *options).returncode == 0
    with Image.open(tmp_path / "out.png") as opened:
        assert opened.size == size
        assert opened.mode == ("L" if "--grey" in options else "RGB")


def test_a_result_that_would_be_huge_is_a_failure(
    deblur: Command, source: Path, tmp_path: Path
) -> None:
    finished = deblur(source / "0.png", tmp_path / "out", "--size", "9000x")
    assert finished.returncode == 1
    assert "0.png: its result would be too large: 1080000x360000" in finished.stderr
    assert names(tmp_path / "out") == []


def test_a_quality_without_effect_is_told(deblur: Command, source: Path, tmp_path: Path) -> None:
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


def test_an_aspect_without_effect_is_told(deblur: Command, source: Path, tmp_path: Path) -> None:
    keep = (source, tmp_path / "out", "--dry-run", "--aspect", "keep")
    told = "warning: --aspect has no effect with --size 2x: such results have the source's shape"
    assert told in deblur(*keep, "--size", "2x").stderr
    assert deblur(*keep, "--size", "540").stderr == ""


def test_a_picture_without_colours_gives_a_grey_one(
    deblur: Command, source: Path, tmp_path: Path
) -> None:
    with Image.open(source / "0.png") as opened:
        opened.convert("L").save(source / "grey.jpg")
        opened.convert("L").convert("RGB").save(source / "uncoloured.png")
    assert deblur(source, tmp_path / "out").returncode == 0
    modes = {}
    for name in ("0.png", "grey.jpg", "uncoloured.png"):
        with Image.open(tmp_path / "out" / name) as opened:
            modes[name] = opened.mode
    assert modes == {"0.png": "RGB", "grey.jpg": "L", "uncoloured.png": "L"}


def test_results_in_colour_at_the_networks_size(
    deblur: Command, source: Path, tmp_path: Path
) -> None:
    assert deblur(source / "0.png", tmp_path / "one.webp").returncode == 0
    with Image.open(tmp_path / "one.webp") as opened:
        assert (opened.format, opened.size) == ("WEBP", (270, 90))
        red, green, _ = opened.convert("RGB").getpixel((100, 50))
    assert red - green > 40


def test_quality_is_that_of_the_files(deblur: Command, source: Path, tmp_path: Path) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (90, 270), dtype=np.uint8)
    Image.fromarray(pixels).save(source / "0.png")
    sizes = []
    for quality in ("10", "90"):
        arguments = ("--format", "jpg", "--quality", quality, "--limit", "1")
        assert deblur(source, tmp_path / quality, *arguments).returncode == 0
        sizes.append((tmp_path / quality / "0.jpg").stat().st_size)
    assert sizes[0] < sizes[1] / 3


def test_neither_jobs_nor_batches_change_anything(run_command: Command, tmp_path: Path) -> None:
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


@pytest.mark.parametrize("option", ["--compare", "--report", "--checkpoint"])
def test_a_url_where_only_a_disk_will_do_is_refused(
    run_command: Command, source: Path, tmp_path: Path, option: str
) -> None:
    url = "s3://bucket/x.json"
    finished = run_command("deblur_images.py", source, tmp_path / "out", option, url)
    assert finished.returncode == 2
    assert "must be a path on a disk" in finished.stderr and finished.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
