from __future__ import annotations

import os
import socket
from pathlib import Path

import cv2
import numpy as np
import pytest

from plumbing.pictures import search as picture_search
from plumbing.pictures.codec import PictureError, find_pictures, load_picture, search_pictures

JPEG = b"\xff\xd8\xff\xe0 and more"


def names(paths: list[Path], folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in paths]


def test_suffixes_of_any_case_count_and_folders_do_not(tmp_path: Path) -> None:
    for name in ["b.PNG", "a.jpeg", "c.tiff", "notes.txt", "png"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.png" / "inside.png").touch()
    (tmp_path / "link to a folder.png").symlink_to(tmp_path / "folder.png")
    found = search_pictures(tmp_path)
    assert names(found.pictures, tmp_path) == ["a.jpeg", "b.PNG", "c.tiff"]
    assert names(find_pictures(tmp_path), tmp_path) == ["a.jpeg", "b.PNG", "c.tiff"]
    assert found.others == 2
    assert found.unreadable == found.linked_folders == []


def test_content_counts_where_the_suffix_does_not_tell(tmp_path: Path) -> None:
    for suffix in (".jpg", ".png", ".bmp", ".webp", ".tif"):
        encoded = cv2.imencode(suffix, np.zeros((9, 9, 3), dtype=np.uint8))[1].tobytes()
        (tmp_path / f"{suffix[1:]} without a suffix").write_bytes(encoded)
        (tmp_path / f"{suffix[1:]}.dat").write_bytes(encoded)
    (tmp_path / "animation").write_bytes(b"GIF89a")
    (tmp_path / "foreign.png").write_bytes(b"text")
    found = search_pictures(tmp_path)
    assert len(found.pictures) == 11
    assert tmp_path / "foreign.png" in found.pictures
    assert found.others == 1


@pytest.mark.parametrize(
    "clutter",
    [".hidden.png", "._picture.jpg", ".DS_Store", "Thumbs.db", "THUMBS.DB", "desktop.ini"],
)
def test_clutter_is_passed_over_in_silence(tmp_path: Path, clutter: str) -> None:
    (tmp_path / clutter).write_bytes(JPEG)
    for folder in ("__MACOSX", "@eaDir", ".thumbnails"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "picture.jpg").write_bytes(JPEG)
    assert search_pictures(tmp_path, recursive=True) == picture_search.FoundPictures()


def test_links_to_files_are_followed_and_broken_ones_told(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "stored").write_bytes(JPEG)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good").symlink_to(tmp_path / "elsewhere" / "stored")
    (folder / "broken.png").symlink_to(tmp_path / "missing.png")
    (folder / "broken").symlink_to(tmp_path / "missing")
    (folder / "circle.png").symlink_to("circle back.png")
    (folder / "circle back.png").symlink_to("circle.png")
    found = search_pictures(folder)
    assert names(found.pictures, folder) == ["broken.png", "circle back.png", "circle.png", "good"]
    assert found.others == 1
    with pytest.raises(PictureError, match="No such file"):
        load_picture(folder / "broken.png")
    with pytest.raises(PictureError, match="symbolic links"):
        load_picture(folder / "circle.png")


def test_the_tree_is_searched_without_dst_and_without_going_in_circles(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/c/1.png", "a.png", "results/a.png", "results/b/2.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b" / "up").symlink_to(tmp_path)
    (tmp_path / "b" / "here").symlink_to(".")
    assert names(search_pictures(tmp_path).pictures, tmp_path) == ["a.png"]
    # However the folder to leave out is written.
    left_out = tmp_path / "b" / ".." / "results"
    found = search_pictures(tmp_path, recursive=True, leave_out=left_out)
    assert names(found.pictures, tmp_path) == ["a.png", "b/2.png", "b/c/1.png"]
    assert names(found.linked_folders, tmp_path) == ["b/here", "b/up"]
    missing = search_pictures(tmp_path, recursive=True, leave_out=tmp_path / "missing")
    assert len(missing.pictures) == 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_sockets_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    for name in ("pipe", "pipe.png"):
        os.mkfifo(name)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.png")
        (tmp_path / "link.png").symlink_to("pipe")
        (tmp_path / "device.png").symlink_to("/dev/zero")
        found = search_pictures(tmp_path)
    assert found.pictures == []
    assert found.others == 5
    for name in ("pipe.png", "link.png", "socket.png", "device.png"):
        with pytest.raises(PictureError, match=r"not a file, but a (named pipe|socket|device)"):
            load_picture(tmp_path / name)
    with pytest.raises(PictureError, match="not a file, but a folder"):
        load_picture(tmp_path)


def test_what_cannot_be_looked_into_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked file").write_bytes(JPEG)
    (tmp_path / "picture.png").touch()
    really_scan, really_open = os.scandir, picture_search.open_regular_file

    # Permissions do not stop the tests where they are run by root.
    def scan(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return really_scan(path)

    def open_file(path: str) -> object:
        if path.endswith("locked file"):
            raise PermissionError(13, "Permission denied", path)
        return really_open(path)

    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr(picture_search, "open_regular_file", open_file)
    found = search_pictures(tmp_path, recursive=True)
    assert found.pictures == [tmp_path / "picture.png"]
    assert found.unreadable == [
        (tmp_path / "locked", "Permission denied"),
        (tmp_path / "locked file", "Permission denied"),
    ]
    with pytest.raises(PermissionError):
        search_pictures(tmp_path / "locked")
