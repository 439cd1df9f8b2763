"""Fax in TIFF files: decoded as Pillow, through libtiff, writes and reads it; damage is noticed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.tiff.fax import GROUP_4, expand_fax
from plumbing.pictures.formats.tiff.picture import decode
from tests.helpers.tiff_files import set_tag, strip_of

KINDS: dict[str, tuple[str, dict[int, int]]] = {
    "Modified Huffman": ("tiff_ccitt", {}),
    "Group 3": ("group3", {}),
    "Group 3 by differences": ("group3", {292: 1}),
    "Group 3, filled up": ("group3", {292: 4}),
    "Group 3 by differences, filled up": ("group3", {292: 5}),
    "Group 4": ("group4", {}),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


def fax(levels: np.ndarray, kind: str, **more: int) -> bytes:
    compression, tags = KINDS[kind]
    stream = io.BytesIO()
    tags = {**tags, **{int(tag.removeprefix("tag")): value for tag, value in more.items()}}
    Image.fromarray(levels).convert("1").save(
        stream, "TIFF", compression=compression, tiffinfo=tags
    )
    return stream.getvalue()


def drawing(width: int = 150, height: int = 40, seed: int = 0) -> np.ndarray:
    """Draw bars and noise, black and white, uint8 (H, W)."""
    random = np.random.default_rng(seed)
    black = np.zeros((height, width), dtype=bool)
    for _ in range(12):
        x, y = int(random.integers(width)), int(random.integers(height))
        black[y : y + int(random.integers(1, 20)), x : x + int(random.integers(1, 30))] ^= True
    black[:4] ^= random.random((4, width)) < 0.5
    return np.where(black[:height], 0, 255).astype(np.uint8)


def test_drawings(kind: str) -> None:
    sizes = [(150, 40), (1, 30), (8, 8), (37, 5), (6000, 4), (2561, 6)]
    for seed, (width, height) in enumerate(sizes):
        levels = drawing(width, height, seed)
        for more in ({}, {"tag278": 7}, {"tag266": 2}, {"tag262": 0}):
            assert np.array_equal(decode(fax(levels, kind, **more))[..., 0], levels)


def test_plain_and_busy_rows(kind: str) -> None:
    stripes = np.zeros((6, 90), dtype=np.uint8)
    stripes[:, ::2] = 255
    noise = np.random.default_rng(0).integers(0, 2, (90, 90), dtype=np.uint8) * np.uint8(255)
    for levels in (stripes, 255 - stripes, noise, np.zeros((9, 90), dtype=np.uint8)):
        assert np.array_equal(decode(fax(levels, kind))[..., 0], levels)
        assert np.array_equal(decode(fax(255 - levels, kind))[..., 0], 255 - levels)


def test_damage_is_noticed(kind: str) -> None:
    random = np.random.default_rng(2)
    levels = drawing()
    data = fax(levels, kind)
    place, size = strip_of(data)
    refused = 0
    for _ in range(100):
        start = place + int(random.integers(size // 2))
        damaged = data[:start] + random.bytes(8) + data[start + 8 :]
        try:
            decode(damaged)
        except PictureError as error:
            assert "damaged" in str(error)
            refused += 1
    assert refused > 95
    for kept in (size // 3, size // 2, size - 20):
        with pytest.raises(PictureError, match="damaged"):
            decode(set_tag(data, 279, kept))


def test_a_strip_of_far_too_many_bytes_is_not_read() -> None:
    with pytest.raises(PictureError, match="damaged"):
        expand_fax(bytes(10_000_000), 8, 8, GROUP_4)
