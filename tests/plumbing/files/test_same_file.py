from __future__ import annotations

import os
from pathlib import Path

import pytest

from plumbing.files.same_file import KnownFiles


@pytest.fixture
def known(tmp_path: Path) -> KnownFiles:
    """Know the file `folder/plate.jpg`, which exists, and `folder/new.jpg`, which does not."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "plate.jpg").write_bytes(b"plate")
    known = KnownFiles()
    known.add(folder / "plate.jpg")
    known.add(folder / "new.jpg")
    return known


@pytest.mark.parametrize("name", ["plate.jpg", "new.jpg"])
def test_a_file_is_found_however_it_is_spelled(
    known: KnownFiles, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (f"folder/{name}", f"./folder/../folder/{name}", f"folder/{name.upper()}"):
        assert known.find(path) == str(tmp_path / "folder" / name)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_file_is_found_behind_links(known: KnownFiles, tmp_path: Path) -> None:
    plate = tmp_path / "folder" / "plate.jpg"
    (tmp_path / "soft.jpg").symlink_to(plate)
    (tmp_path / "twice.jpg").symlink_to(tmp_path / "soft.jpg")
    (tmp_path / "hard.jpg").hardlink_to(plate)
    (tmp_path / "linked").symlink_to(tmp_path / "folder")
    for name in ("soft.jpg", "twice.jpg", "hard.jpg", "linked/plate.jpg"):
        assert known.find(tmp_path / name) == str(plate), name
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "folder" / "new.jpg")
    assert known.find(tmp_path / "dangling.jpg") == str(tmp_path / "folder" / "new.jpg")


def test_a_known_link_stands_for_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real.jpg").touch()
    (tmp_path / "link.jpg").symlink_to(tmp_path / "real.jpg")
    known = KnownFiles()
    known.add(tmp_path / "link.jpg")
    assert known.find(tmp_path / "real.jpg") == str(tmp_path / "link.jpg")


def test_other_files_are_not_found(known: KnownFiles, tmp_path: Path) -> None:
    (tmp_path / "plate.jpg").write_bytes(b"plate")
    assert known.find(tmp_path / "plate.jpg") is None
    assert known.find(tmp_path / "folder" / "other.jpg") is None
