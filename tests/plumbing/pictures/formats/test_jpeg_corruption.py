"""Damage in JPEG files that decoders do not warn of: what leaves a trace is noticed."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.codec import LoadedPicture, load_picture
from plumbing.pictures.formats.jpeg import corruption
from plumbing.pictures.formats.jpeg import picture as jpeg_picture

END, TABLES = b"\xff\xd9", b"\xff\xdb"
PLATE = Path(__file__).resolve().parents[3] / "data" / "pictures" / "p_rgb.png"
KINDS: dict[str, dict[str, object]] = {
    "plain": {},
    "coarse": {"quality": 10},
    "full chroma": {"subsampling": 0, "quality": 95},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_blocks": 5},
    "grey": {"mode": "L"},
}

needs_simplejpeg = pytest.mark.skipif(
    jpeg_picture.simplejpeg is None, reason="without simplejpeg, less is noticed"
)


@pytest.fixture(params=["simplejpeg", "OpenCV"])
def decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "OpenCV":
        monkeypatch.setattr(jpeg_picture, "simplejpeg", None)
        monkeypatch.setattr(corruption, "simplejpeg", None)


def plate() -> np.ndarray:
    with Image.open(PLATE) as opened:
        return np.asarray(opened.convert("RGB"))


def encode(pixels: np.ndarray, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(stream, "JPEG", **options)
    return stream.getvalue()


def load(tmp_path: Path, data: bytes) -> LoadedPicture:
    (tmp_path / "picture.jpg").write_bytes(data)
    return load_picture(tmp_path / "picture.jpg")


@needs_simplejpeg
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_bytes_behind_the_picture_are_damage(tmp_path: Path, kind: str, count: int) -> None:
    data = encode(plate(), **KINDS[kind])
    assert not load(tmp_path, data).damage
    assert load(tmp_path, data[:-2] + b"\x5a" * count + END).damage


def test_bytes_where_a_marker_should_be_filled_up_are_none(tmp_path: Path) -> None:
    data = encode(plate())
    for harmless in (b"\xff" * 3, b"\0", b"\0\0"):
        assert not load(tmp_path, data[:-2] + harmless + END).damage


@pytest.mark.usefixtures("decoder")
@pytest.mark.parametrize("kind", KINDS)
def test_brightness_that_no_pixel_can_have_is_damage(tmp_path: Path, kind: str) -> None:
    data = bytearray(encode(plate(), **KINDS[kind]))
    assert not load(tmp_path, bytes(data)).damage
    factor = data.index(TABLES) + 5  # of the means of the blocks, the first in its table
    data[factor] = min(4 * data[factor], 255)
    assert "darker than black" in load(tmp_path, bytes(data)).damage


@pytest.mark.usefixtures("decoder")
@pytest.mark.parametrize("quality", [1, 10, 50, 90, 100])
def test_whole_pictures_of_black_and_white_are_whole(tmp_path: Path, quality: int) -> None:
    random = np.random.default_rng(1)
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    halves = np.zeros((64, 64, 3), dtype=np.uint8)
    halves[:32] = 255, 0, 0
    pictures = [
        np.full((40, 60, 3), 255, dtype=np.uint8),
        np.zeros((40, 60, 3), dtype=np.uint8),
        stripes,
        halves,
        random.integers(0, 2, (45, 90, 3), dtype=np.uint8) * np.uint8(255),
    ]
    for picture in pictures:
        for options in (*KINDS.values(), {"mode": "CMYK"}, {"keep_rgb": True}):
            loaded = load(tmp_path, encode(picture, **{**options, "quality": quality}))
            assert not loaded.damage
