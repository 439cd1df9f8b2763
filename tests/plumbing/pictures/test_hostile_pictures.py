"""A folder of everything that may lie among pictures: each is read, refused or passed over."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from plumbing.pictures.codec import (
    PictureError,
    load_picture,
    picture_size,
    read_picture,
    search_pictures,
)
from tests.helpers.hostile_pictures import LARGE, OTHERS, Size, contents, encode

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the file system forbids such files")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make the folder with its files, and with what is no file."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name, (content, _) in contents().items():
        (folder / name).write_bytes(content)
    (folder / "folder.jpg").mkdir()
    (folder / "folder.jpg" / "inside.jpg").write_bytes(encode("JPEG"))
    (folder / "folder link.jpg").symlink_to("folder.jpg")
    (folder / "up.jpg").symlink_to("..")
    (folder / "link.jpg").symlink_to("turned 1.jpg")
    (folder / "broken link.jpg").symlink_to("missing.jpg")
    (folder / "circle.jpg").symlink_to("circle.jpg")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "endless.jpg").symlink_to("/dev/zero")
    (folder / "huge.jpg").write_bytes(encode("JPEG"))
    os.truncate(folder / "huge.jpg", 10 * 2**30)  # without taking room on the disk
    if sys.platform == "linux":  # macOS allows names in UTF-8 alone
        (folder / os.fsdecode(b"\xff\xfe.png")).write_bytes(encode("PNG"))
    return folder


def outcomes() -> dict[str, Size | str]:
    """Say of each file that counts as a picture what is to be read or the reason why not."""
    expected: dict[str, Size | str] = {
        name: outcome for name, (_, outcome) in contents().items() if outcome is not None
    }
    expected |= {
        "link.jpg": (60, 20),
        "broken link.jpg": "No such file",
        "circle.jpg": "symbolic links",
        "huge.jpg": LARGE,
    }
    if sys.platform == "linux":
        expected[os.fsdecode(b"\xff\xfe.png")] = (60, 20)
    return expected


def test_each_is_read_or_refused_with_its_reason(folder: Path) -> None:
    expected = outcomes()
    assert len(expected) > 80
    found = search_pictures(folder)
    assert {path.name for path in found.pictures} == expected.keys()
    assert found.others == len(OTHERS) + 2  # the pipe and the device
    assert found.unreadable == []
    for path in found.pictures:
        outcome = expected[path.name]
        if isinstance(outcome, str):
            with pytest.raises(PictureError) as raised:
                load_picture(path)
            assert re.search(outcome, str(raised.value)), path.name
        else:
            loaded = load_picture(path)
            height, width = loaded.pixels.shape[:2]
            assert (width, height) == outcome == picture_size(path), path.name
            assert loaded.repaired == ("end marker" in path.name), path.name


def test_the_command_deblurs_the_good_and_names_the_bad(
    folder: Path,
    tmp_path: Path,
    negative_folder: Path,
    run_command: Callable[..., object],
) -> None:
    destination = tmp_path / "deblurred"
    result = run_command("deblur_images.py", folder, destination, "--checkpoint", negative_folder)
    assert result.returncode == 1, result.stderr
    good = {name for name, outcome in outcomes().items() if not isinstance(outcome, str)}
    bad = {name: reason for name, reason in outcomes().items() if isinstance(reason, str)}
    renamed = {"no suffix": "no suffix.jpg", "other suffix.dat": "other suffix.dat.webp"}
    results = {path.name for path in destination.iterdir()}
    assert results == {renamed.get(name, name) for name in good}
    for name in results:
        assert read_picture(destination / name).shape == (90, 270, 3)
    lines = result.stderr.splitlines()
    for name, reason in bad.items():
        told = [line for line in lines if f"{folder / name}: " in line]
        assert len(told) == 1, name
        assert re.search(reason, told[0])
    assert "Traceback" not in result.stderr
    # Nothing else is said, but for a warning at the end; nothing by the decoders.
    assert len(lines) <= len(bad) + 1, result.stderr
