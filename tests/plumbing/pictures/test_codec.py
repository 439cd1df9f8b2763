from __future__ import annotations

import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from plumbing.pictures import codec
from plumbing.pictures.codec import (
    SUFFIXES,
    PictureError,
    find_pictures,
    load_picture,
    output_suffix,
    picture_size,
    read_picture,
    write_picture,
)


@pytest.mark.parametrize("suffix", [*sorted(SUFFIXES), ".PNG", ".Jpg"])
def test_written_pictures_are_read_back(tmp_path: Path, picture: np.ndarray, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    write_picture(path, picture)
    difference = np.abs(read_picture(path).astype(int) - picture)
    assert difference.mean() < (3 if "j" in suffix.lower() else 1e-9)


@pytest.mark.parametrize(
    ("suffix", "format_name"),
    [(".jpg", "JPEG"), (".png", "PNG"), (".bmp", "BMP"), (".webp", "WEBP"), (".tif", "TIFF")],
)
def test_suffix_settles_the_format(
    tmp_path: Path, picture: np.ndarray, suffix: str, format_name: str
) -> None:
    write_picture(tmp_path / f"picture{suffix}", picture[..., 0])
    with Image.open(tmp_path / f"picture{suffix}") as opened:
        assert opened.format == format_name
        assert opened.size == (60, 40)
        assert opened.mode == ("RGB" if format_name == "WEBP" else "L")  # WebP knows no grey


@pytest.mark.parametrize(
    "name", ["京A12345.png", "naïve plate (1).png", "-dash.png", "ü" * 120 + ".png"]
)
def test_any_name_works(tmp_path: Path, picture: np.ndarray, name: str) -> None:
    write_picture(tmp_path / name, picture)
    assert find_pictures(tmp_path) == [tmp_path / name]
    assert np.array_equal(read_picture(tmp_path / name), picture)


def test_content_settles_what_is_read(tmp_path: Path, picture: np.ndarray) -> None:
    write_picture(tmp_path / "really.png", picture)
    os.rename(tmp_path / "really.png", tmp_path / "called.jpg")
    assert np.array_equal(read_picture(tmp_path / "called.jpg"), picture)


def test_16_bits_use_the_full_range(tmp_path: Path) -> None:
    ramp = np.arange(0, 65536, dtype=np.uint16).reshape(256, 256)
    encoded = cv2.imencode(".png", ramp)[1]
    (tmp_path / "ramp.png").write_bytes(encoded.tobytes())
    read = read_picture(tmp_path / "ramp.png")
    assert read.dtype == np.uint8
    assert np.abs(read[..., 0] - ramp / 257).max() <= 0.5 + 1e-6


def test_floating_point_pixels_are_refused(tmp_path: Path) -> None:
    encoded = cv2.imencode(".tiff", np.ones((9, 9), dtype=np.float32))[1]
    (tmp_path / "float.tiff").write_bytes(encoded.tobytes())
    with pytest.raises(PictureError, match="float32"):
        read_picture(tmp_path / "float.tiff")


def test_missing_file_and_unknown_suffix_are_told(tmp_path: Path, picture: np.ndarray) -> None:
    with pytest.raises(PictureError, match="No such file"):
        read_picture(tmp_path / "missing.png")
    with pytest.raises(PictureError, match=r"suffix '\.xyz'"):
        write_picture(tmp_path / "picture.xyz", picture)


def test_failed_write_keeps_the_old_file_and_leaves_nothing_behind(
    tmp_path: Path, picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "picture.png"
    write_picture(path, picture)
    before = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_picture(path, picture[::-1])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_writing_onto_a_link_replaces_the_link_not_its_target(
    tmp_path: Path, picture: np.ndarray
) -> None:
    write_picture(tmp_path / "original.png", picture)
    (tmp_path / "link.png").symlink_to(tmp_path / "original.png")
    write_picture(tmp_path / "link.png", picture[::-1])
    assert np.array_equal(read_picture(tmp_path / "original.png"), picture)
    assert np.array_equal(read_picture(tmp_path / "link.png"), picture[::-1])


def test_quality_is_that_of_jpeg_and_webp(tmp_path: Path, picture: np.ndarray) -> None:
    for suffix in (".jpg", ".webp"):
        sizes = []
        for quality in (1, 50, 95, 100):
            write_picture(tmp_path / f"picture{suffix}", picture, quality)
            sizes.append((tmp_path / f"picture{suffix}").stat().st_size)
        assert sizes == sorted(set(sizes))  # the better, the larger
    write_picture(tmp_path / "good.jpg", picture, 95)
    write_picture(tmp_path / "default.jpg", picture)
    assert (tmp_path / "good.jpg").read_bytes() == (tmp_path / "default.jpg").read_bytes()
    write_picture(tmp_path / "bad.png", picture, 1)
    assert np.array_equal(read_picture(tmp_path / "bad.png"), picture)
    with pytest.raises(ValueError, match="Received: 101"):
        write_picture(tmp_path / "picture.jpg", picture, 101)


def test_results_keep_a_suffix_that_names_a_format(tmp_path: Path, picture: np.ndarray) -> None:
    encoded = cv2.imencode(".webp", picture)[1].tobytes()
    for name in ("none", "other.dat", "wrong.JPEG"):
        (tmp_path / name).write_bytes(encoded)
    (tmp_path / "no picture").touch()
    assert output_suffix(tmp_path / "none") == ".webp"
    assert output_suffix(tmp_path / "other.dat") == ".webp"
    assert output_suffix(tmp_path / "wrong.JPEG") == ".JPEG"
    with pytest.raises(PictureError, match="not a picture"):
        output_suffix(tmp_path / "no picture")
    with pytest.raises(PictureError, match="No such file"):
        output_suffix(tmp_path / "missing")


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_the_header_tells_the_size(tmp_path: Path, picture: np.ndarray, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    write_picture(path, picture)
    assert picture_size(path) == (60, 40)
    path.write_bytes(path.read_bytes()[:9])
    assert picture_size(path) is None
    assert picture_size(tmp_path / "missing.png") is None


def test_no_more_pixels_are_decoded_than_allowed(tmp_path: Path, picture: np.ndarray) -> None:
    write_picture(tmp_path / "picture.png", picture)
    assert load_picture(tmp_path / "picture.png", max_pixels=2400).pixels.shape == (40, 60, 3)
    with pytest.raises(PictureError, match="60x40, more than 2,399 pixels"):
        load_picture(tmp_path / "picture.png", max_pixels=2399)


def test_no_more_is_asked_for_than_the_file_has(
    tmp_path: Path, picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_picture(tmp_path / "picture.bmp", picture)
    asked: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(-1 if size is None else size)
            return super().read(size)

    watched = Watched((tmp_path / "picture.bmp").read_bytes())
    monkeypatch.setattr(codec, "open_file", lambda path: watched)
    assert np.array_equal(load_picture(tmp_path / "picture.bmp").pixels, picture)
    assert 0 < max(asked) <= (tmp_path / "picture.bmp").stat().st_size
    assert min(asked) >= 0


def test_a_huge_file_is_not_read(tmp_path: Path, picture: np.ndarray) -> None:
    path = tmp_path / "picture.jpg"
    write_picture(path, picture)
    os.truncate(path, 10 * 2**30)  # without taking room on the disk
    assert picture_size(path) == (60, 40)
    with pytest.raises(PictureError, match="too large: a file of 10,737,418,240 bytes"):
        load_picture(path)
