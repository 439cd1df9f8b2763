from __future__ import annotations

import os
from pathlib import Path

import pytest

from plumbing.commands.errors import UsageError
from plumbing.files.folders import check_file, check_folders, make_folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Give a folder with a file, a folder, and links in it."""
    (tmp_path / "file.txt").write_text("kept")
    (tmp_path / "folder").mkdir()
    (tmp_path / "to_folder").symlink_to("folder")
    (tmp_path / "broken").symlink_to("nowhere")
    return tmp_path


@pytest.mark.parametrize("name", ["new", "new/below", "folder", "folder/new", "to_folder/new", ""])
def test_folders_that_can_be_made_are_made_once_all_is_checked(place: Path, name: str) -> None:
    before = sorted(place.rglob("*"))
    check_folders([place / name])
    assert sorted(place.rglob("*")) == before
    make_folder(place / name)
    make_folder(place / name)
    assert (place / name).is_dir()


@pytest.mark.parametrize(
    "name", ["file.txt", "file.txt/below", "broken", "broken/below", "n" * 300]
)
def test_what_cannot_become_a_folder_is_refused(place: Path, name: str) -> None:
    with pytest.raises(UsageError):
        check_folders([place / "new", place / name])
    assert not (place / "new").exists()


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write"
)
def test_a_folder_that_cannot_be_written_to_is_refused(place: Path) -> None:
    (place / "folder").chmod(0o555)
    for check in (lambda: check_folders([place / "folder" / "new"]),
                  lambda: check_file(place / "folder" / "new.png")):  # fmt: skip
        with pytest.raises(UsageError, match="cannot be written to"):
            check()
    (place / "folder").chmod(0o755)


def test_a_file_needs_a_folder_and_a_name_that_can_be(place: Path) -> None:
    check_file(place / "new.png")
    check_file(place / "file.txt")
    for name, reason in [
        ("folder", "is a folder"),
        ("nowhere/new.png", "no folder"),
        ("file.txt/new.png", "no folder"),
        ("n" * 300, "too long"),
    ]:
        with pytest.raises(UsageError, match=reason):
            check_file(place / name)
