"""PNG files that are damaged, and those of a kind of their own."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.codec import PictureError, load_picture
from tests.helpers.hostile_pictures import png_chunk


def encode(mode: str = "RGB") -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(stream, "PNG")
    return stream.getvalue()


def build(pixels: bytes, bits: int = 8, colour_type: int = 0, interlaced: int = 0) -> bytes:
    """Make a PNG that claims 30x20 pixels."""
    header = struct.pack(">IIBBBBB", 30, 20, bits, colour_type, 0, 0, interlaced)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def assert_refused_in_silence(
    tmp_path: Path, data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "picture.png").write_bytes(data)
    with pytest.raises(PictureError, match="damaged"):
        load_picture(tmp_path / "picture.png")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("mode", ["RGB", "P", "L"])
def test_every_changed_byte_of_the_picture_is_noticed(
    tmp_path: Path, mode: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encode(mode)
    for place in range(29, len(data), 37):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert_refused_in_silence(tmp_path, changed, capfd)


def test_every_missing_byte_is_noticed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = encode()
    for missing in (1, 4, 12, 13, 100, len(data) - 60):
        assert_refused_in_silence(tmp_path, data[:-missing], capfd)
        cut = data[: 99 - missing % 50] + data[100:]
        assert_refused_in_silence(tmp_path, cut, capfd)


@pytest.mark.parametrize("pixels", [b"", bytes(100), bytes(619)])
@pytest.mark.parametrize("interlaced", [0, 1])
def test_missing_pixels_with_right_checksums(
    tmp_path: Path, pixels: bytes, interlaced: int, capfd: pytest.CaptureFixture[str]
) -> None:
    for stream in (zlib.compress(pixels), b""):
        if len(pixels) < 600 or not interlaced:
            data = build(stream, interlaced=interlaced)
            assert_refused_in_silence(tmp_path, data, capfd)


def test_pixels_that_are_compressed_well_are_read(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(build(zlib.compress(bytes(620), 9)))
    assert not load_picture(tmp_path / "picture.png").pixels.any()
