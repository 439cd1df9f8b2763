"""JPEG files in which something is wrong: never decoded silently where the decoder could tell."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.codec import LoadedPicture, PictureError, load_picture, read_picture
from plumbing.pictures.formats.jpeg import picture as jpeg_picture
from plumbing.pictures.formats.jpeg.scans import find_scans

SCAN, END = b"\xff\xda", b"\xff\xd9"
PLATE = Path(__file__).resolve().parents[3] / "data" / "pictures" / "p_rgb.png"

needs_simplejpeg = pytest.mark.skipif(
    jpeg_picture.simplejpeg is None, reason="without simplejpeg, less is noticed"
)


def encode(mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    with Image.open(PLATE) as plate:
        plate.convert(mode).save(stream, "JPEG", **options)
    return stream.getvalue()


def load(tmp_path: Path, data: bytes) -> LoadedPicture:
    (tmp_path / "picture.jpg").write_bytes(data)
    return load_picture(tmp_path / "picture.jpg")


def outcome(tmp_path: Path, data: bytes) -> str:
    try:
        loaded = load(tmp_path, data)
    except PictureError as error:
        assert "damaged" in str(error)
        return "refused"
    return "damaged" if loaded.damage else "repaired" if loaded.repaired else "whole"


def scans_of(data: bytes) -> list[int]:
    """Return where each scan of a file with several begins, with the tables before it."""
    segments = find_scans(data).segments
    starts, first = [], None
    for start, _ in segments:
        if data[start : start + 2] in (SCAN, b"\xff\xc4"):
            first = start if first is None else first
        if data[start : start + 2] == SCAN:
            starts.append(first)
            first = None
    return starts


def restarts_of(data: bytes) -> list[int]:
    first = data.index(SCAN)
    return [first + found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", data[first:])]


@pytest.mark.parametrize("decoder", ["simplejpeg", "OpenCV"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"quality": 20},
        {"subsampling": 0},
        {"subsampling": 1},
        {"progressive": True},
        {"progressive": True, "mode": "L"},
        {"restart_marker_blocks": 3},
        {"progressive": True, "restart_marker_blocks": 3},
        {"optimize": True},
        {"keep_rgb": True},
        {"mode": "L"},
        {"mode": "CMYK"},
        {"mode": "CMYK", "progressive": True},
    ],
)
def test_whole_files_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, object], decoder: str
) -> None:
    if decoder == "OpenCV":
        monkeypatch.setattr(jpeg_picture, "simplejpeg", None)
    data = encode(**options)
    assert outcome(tmp_path, data) == "whole"
    with Image.open(io.BytesIO(data)) as opened:
        expected = np.asarray(opened.convert("RGB"))[..., ::-1].astype(int)
    assert np.abs(read_picture(tmp_path / "picture.jpg") - expected).max() <= 2


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_missing_scans_are_damage(tmp_path: Path, mode: str) -> None:
    data = encode(mode, progressive=True)
    starts = scans_of(data)
    assert len(starts) > 4
    for kept in range(1, len(starts)):
        loaded = load(tmp_path, data[: starts[kept]] + END)
        assert "missing" in loaded.damage
        with pytest.raises(PictureError, match=r"damaged: .*missing"):
            read_picture(tmp_path / "picture.jpg")
    for lost in range(1, len(starts) - 1):
        without = data[: starts[lost]] + data[starts[lost + 1] :]
        assert outcome(tmp_path, without) in ("damaged", "refused")


@pytest.mark.parametrize(
    ("decoder", "progressive"),
    [("simplejpeg", False), ("simplejpeg", True), ("OpenCV", False)],
)
def test_lost_and_swapped_restart_intervals_are_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, progressive: bool, decoder: str
) -> None:
    if decoder == "OpenCV":
        monkeypatch.setattr(jpeg_picture, "simplejpeg", None)
    data = encode(restart_marker_blocks=4, progressive=progressive)
    places = restarts_of(data)
    assert len(places) > 5
    for index in range(0, len(places) - 2, 2):
        first, second, third = places[index : index + 3]
        assert outcome(tmp_path, data[:first] + data[second:]) == "damaged"
        swapped = data[:first] + data[second:third] + data[first:second] + data[third:]
        assert outcome(tmp_path, swapped) == "damaged"


@needs_simplejpeg
@pytest.mark.parametrize("progressive", [False, True])
def test_zeroed_restart_intervals_are_damage(tmp_path: Path, progressive: bool) -> None:
    data = encode(restart_marker_blocks=4, progressive=progressive)
    places = restarts_of(data)
    for first, second in list(itertools.pairwise(places))[:8]:
        if second - first > 12:
            zeroed = data[: first + 2] + bytes(second - first - 2) + data[second:]
            assert outcome(tmp_path, zeroed) in ("damaged", "refused")


@needs_simplejpeg
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"mode": "L"}])
def test_restart_markers_without_their_interval(tmp_path: Path, options: dict[str, object]) -> None:
    data = encode(restart_marker_blocks=4, **options)
    interval = data.index(b"\xff\xdd\0\4")
    assert outcome(tmp_path, data[:interval] + data[interval + 6 :]) in ("damaged", "refused")


@needs_simplejpeg
def test_what_the_decoder_warns_of_is_damage(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for options in ({}, {"quality": 30}, {"subsampling": 0}, {"progressive": True}):
        data = encode(**options)
        first = data.index(SCAN)
        found = 0
        for _ in range(20):
            place = int(random.integers(first + 20, len(data) - 80))
            changed = data[:place] + random.bytes(60) + data[place + 60 :]
            try:
                jpeg_picture.simplejpeg.decode_jpeg(changed)
            except ValueError:
                found += 1
                assert outcome(tmp_path, changed) in ("damaged", "refused")
        assert found > 5


@needs_simplejpeg
def test_damage_is_told_and_the_rest_of_the_picture_shown(tmp_path: Path) -> None:
    data = encode(restart_marker_rows=1, subsampling=0)
    place = restarts_of(data)[1] + 20
    whole = load(tmp_path, data).pixels
    damaged = load(tmp_path, data[:place] + data[place + 30 :])
    assert re.search("corrupt|missing", damaged.damage)
    assert np.array_equal(damaged.pixels[:16], whole[:16])
    assert np.array_equal(damaged.pixels[24:], whole[24:])
    assert not np.array_equal(damaged.pixels, whole)


@needs_simplejpeg
@pytest.mark.parametrize(("found", "put"), [(b"\n", b"\r\n"), (b"\r", b"\n"), (b"\n", b"\r")])
def test_changed_line_ends_are_refused(tmp_path: Path, found: bytes, put: bytes) -> None:
    data = encode(quality=98, subsampling=0)
    assert outcome(tmp_path, data.replace(found, put)) == "refused"


def test_line_ends_in_text_do_not_matter(tmp_path: Path) -> None:
    data = encode(quality=30, comment=b"line\r\n" * 30)
    assert outcome(tmp_path, data) == "whole"


@needs_simplejpeg
def test_what_the_decoder_warns_of_but_is_harmless(tmp_path: Path) -> None:
    data = encode()
    pixels = load(tmp_path, data).pixels
    odd_version = data[:11] + b"\x09\x07" + data[13:]
    assert data[6:11] == b"JFIF\0"
    zeros_before_the_end = data[:-2] + bytes(100) + END
    for harmless in (odd_version, zeros_before_the_end):
        loaded = load(tmp_path, harmless)
        assert not loaded.damage
        assert np.array_equal(loaded.pixels, pixels)
    assert load(tmp_path, data[:-2] + b"rubbish" + END).damage


def test_a_large_picture_may_come_smaller_and_is_checked_all_the_same(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with Image.open(PLATE) as plate:
        plate.resize((1350, 450)).save(stream, "JPEG", progressive=True)
    (tmp_path / "large.jpg").write_bytes(stream.getvalue())
    loaded = load_picture(tmp_path / "large.jpg", enough=(270, 90))
    assert loaded.pixels.shape == (113, 338, 3)
    assert loaded.size == (1350, 450)
    assert not loaded.damage
    start = scans_of(stream.getvalue())[3]
    (tmp_path / "large.jpg").write_bytes(stream.getvalue()[:start] + END)
    assert load_picture(tmp_path / "large.jpg", enough=(270, 90)).damage
