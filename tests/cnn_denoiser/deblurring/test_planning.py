from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.deblurring.folders import make_folders
from cnn_denoiser.deblurring.plan import Plan
from cnn_denoiser.deblurring.planning import make_plan
from plumbing.commands.errors import NothingToDoError, UsageError
from plumbing.pictures.codec import write_picture


def make(*paths: Path) -> None:
    """Write small pictures, whatever their names' suffixes."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = path.with_name("made.png") if not path.suffix else path
        write_picture(picture, np.zeros((3, 9), np.uint8))
        os.replace(picture, path)


def plan(source: Path, destination: Path, **options: object) -> Plan:
    return make_plan([source], destination, **options)


def pairs(planned: Plan) -> dict[str, str]:
    return {entry.source: entry.result for entry in planned.entries}


def test_results_have_their_sources_names(tmp_path: Path) -> None:
    make(tmp_path / "source" / "b.png", tmp_path / "source" / "a.JPG")
    planned = plan(tmp_path / "source", tmp_path / "out")
    assert list(pairs(planned).items()) == [("a.JPG", "a.JPG"), ("b.png", "b.png")]
    assert [task.destination for task in planned] == [
        tmp_path / "out" / "a.JPG",
        tmp_path / "out" / "b.png",
    ]
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes")
def test_an_archive_that_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plates.tar")
    make(tmp_path / "source" / "a.png")
    with pytest.raises(UsageError, match=r"^/.*/plates\.tar: not a file, but a named pipe$"):
        plan(tmp_path / "plates.tar", tmp_path / "out")
    with pytest.raises(UsageError, match=r"^/.*/plates\.tar cannot be read: not a file, but a nam"):
        plan(tmp_path / "source", tmp_path / "plates.tar")


def test_what_the_system_refuses_without_a_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(0, "the store does not answer")

    make(tmp_path / "source" / "a.png")
    monkeypatch.setattr("cnn_denoiser.deblurring.planning.search_pictures", refuse)
    with pytest.raises(UsageError, match=r"^the store does not answer$"):
        plan(tmp_path / "source", tmp_path / "out")


def test_a_tree_keeps_its_shape_and_leaves_its_results_out(tmp_path: Path) -> None:
    source = tmp_path / "source"
    make(source / "1.png", source / "day" / "1.png", source / "day" / "deep" / "2.png")
    out, pairs_folder = source / "day" / "out", source / "comparisons"
    make(out / "1.png", pairs_folder / "day" / "1.png")
    (source / "day" / "round").symlink_to(source)
    planned = plan(source, out, recursive=True, comparisons=pairs_folder)
    assert pairs(planned) == {
        "1.png": "1.png",
        os.path.join("day", "1.png"): os.path.join("day", "1.png"),
        os.path.join("day", "deep", "2.png"): os.path.join("day", "deep", "2.png"),
    }
    assert planned.linked_folders == 1
    make_folders(planned.result_folders(), planned.inner_folders())
    assert (out / "day" / "deep").is_dir() and (pairs_folder / "day" / "deep").is_dir()


def test_sub_folders_are_left_alone_otherwise(tmp_path: Path) -> None:
    make(tmp_path / "source" / "day" / "1.png")
    with pytest.raises(NothingToDoError, match="--recursive"):
        plan(tmp_path / "source", tmp_path / "out")
    make(tmp_path / "source" / "1.png")
    assert pairs(plan(tmp_path / "source", tmp_path / "out")) == {"1.png": "1.png"}


def test_formats_change_suffixes_alone(tmp_path: Path) -> None:
    source = tmp_path / "source"
    make(source / "one.two.JPEG", source / "photo", source / "three.png")
    assert pairs(plan(source, tmp_path / "out", file_format="jpg")) == {
        "one.two.JPEG": "one.two.jpg",
        "photo": "photo.jpg",
        "three.png": "three.jpg",
    }
    # What has no picture's suffix gets that of its content.
    assert pairs(plan(source, tmp_path / "out"))["photo"] == "photo.png"


@pytest.mark.parametrize(
    ("names", "file_format", "told"),
    [
        (("a.jpg", "a.png"), "png", "a.jpg and .*a.png would"),
        (("a.png", "A.png"), "keep", "A.png and .*a.png would"),
        (("DAY/a.png", "day/A.png"), "keep", "would have the same result"),
        (("caf\u00e9.png", "cafe\u0301.png"), "keep", "would have the same result"),
        (("photo", "photo.png"), "keep", "photo and .*photo.png would"),
        (("day.jpg", "day.png/a.png"), "png", "the name of a folder"),
    ],
)
def test_results_in_one_place_are_refused(
    tmp_path: Path, names: tuple[str, ...], file_format: str, told: str
) -> None:
    make(*(tmp_path / "source" / name for name in names))
    if sum(path.is_file() for path in (tmp_path / "source").rglob("*")) < 2:
        pytest.skip("this file system does not tell these names apart")
    with pytest.raises(UsageError, match=told):
        plan(tmp_path / "source", tmp_path / "out", recursive=True, file_format=file_format)


def test_no_result_takes_the_place_of_a_source(tmp_path: Path) -> None:
    make(tmp_path / "plates" / "1.png", tmp_path / "plates" / "plates" / "1.png")
    with pytest.raises(UsageError, match="source picture"):
        plan(tmp_path / "plates", tmp_path, recursive=True)
    with pytest.raises(UsageError, match="source picture"):
        plan(tmp_path / "plates" / "1.png", tmp_path / "plates")
    with pytest.raises(UsageError, match="source picture"):
        plan(tmp_path / "plates" / "1.png", tmp_path / "plates" / "1.PNG")
    (tmp_path / "link").symlink_to(tmp_path / "plates")
    with pytest.raises(UsageError, match="source picture"):
        plan(tmp_path / "plates" / "1.png", tmp_path / "link")
    beside = plan(tmp_path / "plates" / "1.png", tmp_path / "plates", file_format="jpg")
    assert pairs(beside) == {"1.png": "1.jpg"}


def test_kinds_of_results_need_folders_of_their_own(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    make(source / "1.png")
    with pytest.raises(UsageError, match="same folder"):
        plan(source, out, comparisons=source)
    with pytest.raises(UsageError, match="must differ"):
        plan(source, out, comparisons=out)


@pytest.mark.parametrize("spelling", ["source", "link", "source/../source"])
def test_same_folder_is_refused_however_it_is_spelled(tmp_path: Path, spelling: str) -> None:
    make(tmp_path / "source" / "1.png")
    (tmp_path / "link").symlink_to(tmp_path / "source")
    with pytest.raises(UsageError, match="same folder"):
        plan(tmp_path / "source", tmp_path / spelling)


def test_one_picture_goes_into_a_folder_or_to_a_name(tmp_path: Path) -> None:
    picture = tmp_path / "source" / "plate.png"
    make(picture, tmp_path / "source" / "photo")

    def result(source: Path, destination: Path, file_format: str = "keep") -> Path:
        (task,) = plan(source, destination, file_format=file_format)
        return task.destination

    folder = tmp_path / "out"
    assert result(picture, folder) == folder / "plate.png"
    assert result(picture, folder, "webp") == folder / "plate.webp"
    assert result(picture, tmp_path / "other.jpeg") == tmp_path / "other.jpeg"
    assert result(picture, tmp_path / "other.jpeg", "jpg") == tmp_path / "other.jpeg"
    assert result(tmp_path / "source" / "photo", tmp_path / "a.bmp") == tmp_path / "a.bmp"
    (tmp_path / "folder.png").mkdir()
    assert result(picture, tmp_path / "folder.png") == tmp_path / "folder.png" / "plate.png"
    with pytest.raises(UsageError, match="no name for --format png"):
        plan(picture, tmp_path / "other.jpg", file_format="png")
    (tmp_path / "notes").touch()
    with pytest.raises(UsageError, match="neither a folder nor"):
        plan(picture, tmp_path / "notes")
    with pytest.raises(UsageError, match="nor a name that a picture can be written under"):
        plan(picture, tmp_path / "other.gif")
    (tmp_path / "of.2026").mkdir()
    assert result(picture, tmp_path / "of.2026") == tmp_path / "of.2026" / "plate.png"


def test_existing_results_are_kept_or_refused(tmp_path: Path) -> None:
    source, out, comparisons = (tmp_path / name for name in ("source", "out", "comparisons"))
    make(source / "1.png", source / "2.png", source / "3.png", out / "1.png", out / "2.png")
    make(comparisons / "1.png")
    assert not any(task.exists for task in plan(source, out))
    with pytest.raises(UsageError, match=r"1\.png and 1 more exist already"):
        plan(source, out, existing="error")
    kept = plan(source, out, existing="skip")
    assert [task.exists for task in kept] == [True, True, False]
    # A result whose comparison is missing is not complete.
    kept = plan(source, out, existing="skip", comparisons=comparisons)
    assert [task.exists for task in kept] == [True, False, False]


def test_a_limit_counts_what_there_is_to_do(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    make(*(source / f"{number}.png" for number in range(5)), out / "0.png", out / "2.png")
    assert [task.source.name for task in plan(source, out, limit=2)] == ["0.png", "1.png"]
    limited = plan(source, out, limit=2, existing="skip")
    assert [task.source.name for task in limited if not task.exists] == ["1.png", "3.png"]
    assert limited.beyond_limit == 1
    limited = plan(source, out, limit=1, existing="skip")
    assert (len(limited), limited.existing) == (3, {"0.png", "2.png"})
    make(out / "4.png")
    assert plan(source, out, limit=1, existing="skip").existing == {"0.png", "2.png"}
    assert plan(source, out, limit=99).beyond_limit == 0


def test_folders_that_cannot_be_worked_with_are_refused(tmp_path: Path) -> None:
    make(tmp_path / "source" / "1.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToDoError, match="no pictures in"):
        plan(tmp_path / "empty", tmp_path / "out")
    (tmp_path / "empty" / "notes.txt").touch()
    with pytest.raises(NothingToDoError, match="other files: 1"):
        plan(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(UsageError, match="does not exist"):
        plan(tmp_path / "missing", tmp_path / "out")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="not a folder"):
        plan(tmp_path / "source", tmp_path / "file")
    with pytest.raises(UsageError, match="file"):
        plan(tmp_path / "source", tmp_path / "file" / "out")
