"""TIFF files that are not supported, which is named, or damaged."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.tiff.picture import decode
from tests.helpers.tiff_files import HEIGHT, RGB, save, set_tag, strip_of, write


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (6, "JPEG of the old style"),
        (32809, "ThunderScan"),
        (34661, "JBIG"),
        (34712, "JPEG 2000"),
        (34887, "LERC"),
        (34892, "lossy JPEG of DNG"),
        (34926, "Zstandard"),
        (34927, "WebP"),
        (50000, "Zstandard"),
        (50001, "WebP"),
        (50002, "JPEG XL"),
        (60000, r"unknown \(code 60000\)"),
        (0, r"unknown \(code 0\)"),
    ],
)
def test_compressions_that_are_not_read_are_named(code: int, name: str) -> None:
    data = set_tag(write(RGB, photometric="rgb"), 259, code)
    with pytest.raises(PictureError, match=f"{name}, which is not supported"):
        decode(data)


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "i1", "i2", "i4", "u4", "c8"])
def test_kinds_of_numbers_that_are_not_read_are_named(kind: str) -> None:
    name = {"f": "float", "i": "int", "u": "uint", "c": "complex"}[kind[0]] + str(8 * int(kind[1]))
    with pytest.raises(PictureError, match=f"{name}, which is not supported"):
        decode(write(RGB[..., 0].astype(kind), photometric="minisblack"))


@pytest.mark.parametrize(
    ("photometric", "name"),
    [(32803, "raw data"), (34892, "raw data"), (32845, "LogLuv"), (10, "Lab")],
)
def test_colours_that_are_not_read_are_named(photometric: int, name: str) -> None:
    data = set_tag(write(RGB, photometric="rgb"), 262, photometric)
    with pytest.raises(PictureError, match=f"{name}.*not supported"):
        decode(data)


@pytest.mark.parametrize(
    "compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "lzma"]
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_strips_that_end_early_are_damaged(mode: str, compression: str) -> None:
    data = save(mode, compression=compression)
    place, size = strip_of(data)
    for fewer in (size // 3, size // 2, size - 100):
        with pytest.raises(PictureError, match="damaged"):
            decode(set_tag(data, 279, fewer))
    for further in (len(data), 2**31):
        with pytest.raises(PictureError, match="damaged"):
            decode(set_tag(data, 273, further))
    assert len(decode(data)) == HEIGHT
    assert place + size <= len(data)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "lzma"])
def test_overwritten_strips_are_damaged(compression: str) -> None:
    data = save("RGB", compression=compression)
    place, size = strip_of(data)
    random = np.random.default_rng(0)
    for _ in range(20):
        start = place + int(random.integers(size // 10, size // 2))
        damaged = data[:start] + random.bytes(200) + data[start + 200 :]
        with pytest.raises(PictureError, match="damaged"):
            decode(damaged)


def test_numbers_of_eight_bytes_do_not_fit_into_four() -> None:
    for tag in (256, 257, 259, 262, 277):
        data = bytearray(set_tag(write(RGB, photometric="rgb"), tag, 1))
        place = data.index(struct.pack("<HHII", tag, 4, 1, 1))
        struct.pack_into("<H", data, place + 2, 16)  # LONG8, which only BigTIFF has
        try:
            decode(bytes(data))
        except PictureError as error:
            assert "damaged" in str(error)


def test_a_strip_cannot_claim_a_large_jpeg() -> None:
    data = save("RGB", compression="jpeg")
    place, _ = strip_of(data)
    frame = data.index(b"\xff\xc0", place)
    huge = data[: frame + 5] + struct.pack(">HH", 60_000, 60_000) + data[frame + 9 :]
    with pytest.raises(PictureError, match="damaged"):
        decode(huge)
