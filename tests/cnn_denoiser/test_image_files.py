from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from cnn_denoiser.image_files import (
    SUFFIXES,
    PictureError,
    find_pictures,
    read_picture,
    write_picture,
)


@pytest.fixture
def picture() -> np.ndarray:
    """Return a smooth random BGR picture, 60x40, without any symmetry."""
    noise = np.random.default_rng(5).uniform(0, 1, (40, 60, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 5)
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def save(path: Path, picture: np.ndarray, **options: object) -> Path:
    """Save a BGR or BGRA picture with Pillow, which knows more of the formats than OpenCV."""
    rgb = np.concatenate([picture[..., 2::-1], picture[..., 3:]], axis=2)
    Image.fromarray(rgb).save(path, **options)
    return path


def png_header(width: int, height: int) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
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


def test_find_pictures_takes_suffixes_of_any_case_and_leaves_the_rest(tmp_path: Path) -> None:
    for name in ["b.PNG", "a.jpeg", "c.tiff", ".hidden.png", "notes.txt", "png", "Thumbs.db"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.png" / "inside.png").touch()
    (tmp_path / "link to a folder.png").symlink_to(tmp_path / "folder.png")
    (tmp_path / "d broken link.png").symlink_to(tmp_path / "missing.png")
    names = [path.name for path in find_pictures(tmp_path)]
    assert names == ["a.jpeg", "b.PNG", "c.tiff", "d broken link.png"]


def test_content_settles_what_is_read(tmp_path: Path, picture: np.ndarray) -> None:
    save(tmp_path / "really.png", picture)
    os.rename(tmp_path / "really.png", tmp_path / "called.jpg")
    assert np.array_equal(read_picture(tmp_path / "called.jpg"), picture)


def test_16_bits_use_the_full_range(tmp_path: Path) -> None:
    ramp = np.arange(0, 65536, dtype=np.uint16).reshape(256, 256)
    encoded = cv2.imencode(".png", ramp)[1]
    (tmp_path / "ramp.png").write_bytes(encoded.tobytes())
    read = read_picture(tmp_path / "ramp.png")
    assert read.dtype == np.uint8
    assert np.abs(read[..., 0] - ramp / 257).max() <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("suffix", "bits"), [("png", 8), ("png", 16), ("tiff", 8), ("tiff", 16), ("webp", 8)]
)
def test_transparency_is_laid_on_white(
    tmp_path: Path, picture: np.ndarray, suffix: str, bits: int
) -> None:
    alpha = np.random.default_rng(6).integers(0, 256, (40, 60, 1), dtype=np.uint8)
    path = tmp_path / f"transparent.{suffix}"
    rgba = np.concatenate([picture, alpha], axis=2)
    if bits == 16:
        path.write_bytes(cv2.imencode(path.suffix, rgba.astype(np.uint16) * 257)[1].tobytes())
    else:
        save(path, rgba, **({"lossless": True, "exact": True} if suffix == "webp" else {}))
    expected = picture * (alpha / 255) + 255 * (1 - alpha / 255)
    assert np.abs(read_picture(path) - expected).max() <= 1


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "CMYK"])
def test_other_modes_become_bgr(tmp_path: Path, picture: np.ndarray, mode: str) -> None:
    original = Image.fromarray(picture[..., ::-1]).convert(mode)
    path = tmp_path / ("mode.jpg" if mode == "CMYK" else "mode.png")
    original.save(path)
    expected = np.asarray(original.convert("RGB"))[..., ::-1]
    assert np.abs(read_picture(path).astype(int) - expected).mean() < 3


@pytest.mark.parametrize(
    ("suffix", "channels"), [("jpg", 3), ("png", 3), ("png", 4), ("webp", 3), ("webp", 4)]
)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_obeyed(
    tmp_path: Path, picture: np.ndarray, orientation: int, suffix: str, channels: int
) -> None:
    if suffix == "webp" and tuple(map(int, cv2.__version__.split(".")[:2])) < (4, 13):
        pytest.skip("OpenCV 4.12 does not look for the EXIF orientation in WebP files")
    # What must be done to the stored rows and columns (EXIF 2.3, tag 0x0112).
    turn = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1),
        6: lambda p: np.rot90(p, -1),
        7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
        8: lambda p: np.rot90(p, 1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = picture
    if channels == 4:  # the lower part hidden
        alpha = np.full((40, 60, 1), 255, dtype=np.uint8)
        alpha[30:] = 0
        stored = np.concatenate([picture, alpha], axis=2)
        picture[30:] = 255
    lossless = {"lossless": True, "exact": True} if suffix == "webp" else {}
    path = save(tmp_path / f"turned.{suffix}", stored, exif=exif, **lossless)
    read, expected = read_picture(path), turn(picture)
    assert read.shape == expected.shape
    assert np.abs(read.astype(int) - expected).mean() < 3


def jpeg(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture)[1].tobytes()


def test_truncated_jpeg_is_refused_whatever_was_read_before(
    tmp_path: Path, picture: np.ndarray
) -> None:
    (tmp_path / "whole.jpg").write_bytes(jpeg(picture))
    (tmp_path / "half.jpg").write_bytes(jpeg(picture)[: len(jpeg(picture)) // 2])
    read_picture(tmp_path / "whole.jpg")
    with pytest.raises(PictureError, match="damaged or incomplete"):
        read_picture(tmp_path / "half.jpg")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"just some text", "not a picture"),
        (b"GIF89a" + bytes(100), "not a picture"),
        (png_header(20000, 20000) + bytes(48_000), "too large: 20000x20000"),
        (b"BM" + bytes(12) + struct.pack("<Iii", 40, 30000, -30000), "too large: 30000x30000"),
        (
            b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\x27\x00\x0f\x27\x00",
            "too large: 10000x10000",
        ),
        (
            b"II*\0\x08\0\0\0\x02\0\x00\x01\x04\0\x01\0\0\0\x20\x4e\0\0"
            b"\x01\x01\x03\0\x01\0\0\0\x20\x4e\0\0",
            "too large: 20000x20000",
        ),
        (
            b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc0\0\x11\x08\x4e\x20\x4e\x20\x03",
            "too large: 20000x20000",
        ),
        (png_header(60, 40)[:20], "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"II*\0\xff\xff\xff\xff", "damaged"),
        (b"BM" + bytes(100), "damaged"),
    ],
)
def test_hostile_files_are_refused_with_a_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / "hostile.png").write_bytes(content)
    with pytest.raises(PictureError, match=reason):
        read_picture(tmp_path / "hostile.png")


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
