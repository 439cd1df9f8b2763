"""JPEG files whose end is missing: repaired where only the marker is, else refused.

With simplejpeg, and with OpenCV alone.
"""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.codec import PictureError, load_picture
from plumbing.pictures.formats.jpeg import picture as jpeg_picture

END = b"\xff\xd9"
KINDS: dict[str, dict[str, object]] = {
    "plain": {},
    "optimised": {"optimize": True},
    "full chroma": {"subsampling": 0},
    "coarse": {"quality": 5},
    "fine": {"quality": 100},
    "restarts by row": {"restart_marker_rows": 1},
    "restarts by block": {"restart_marker_blocks": 1},
    "grey": {"mode": "L"},
    "print colours": {"mode": "CMYK"},
}


@pytest.fixture(params=["simplejpeg", "OpenCV"], autouse=True)
def decoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "OpenCV":
        monkeypatch.setattr(jpeg_picture, "simplejpeg", None)
    else:
        pytest.importorskip("simplejpeg")


@pytest.fixture(params=KINDS)
def jpeg(request: pytest.FixtureRequest, picture: np.ndarray) -> bytes:
    return encode(picture, **KINDS[request.param])


def encode(picture: np.ndarray, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture[..., ::-1]).convert(mode).save(stream, "JPEG", **options)
    return stream.getvalue()


def decode(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)


def load(tmp_path: Path, data: bytes) -> tuple[np.ndarray, bool]:
    (tmp_path / "picture.jpg").write_bytes(data)
    loaded = load_picture(tmp_path / "picture.jpg")
    return loaded.pixels, loaded.repaired


def assert_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "picture.jpg").write_bytes(data)
    with pytest.raises(PictureError, match="damaged"):
        load_picture(tmp_path / "picture.jpg")


def assert_repaired(tmp_path: Path, data: bytes, whole: bytes) -> None:
    pixels, repaired = load(tmp_path, data)
    assert repaired
    assert np.array_equal(pixels, decode(whole))


def test_a_whole_file_is_not_called_repaired(tmp_path: Path, jpeg: bytes) -> None:
    for data in (jpeg, jpeg + b"something behind the end", jpeg + jpeg):
        pixels, repaired = load(tmp_path, data)
        assert not repaired
        assert np.array_equal(pixels, decode(jpeg))


def test_only_the_end_marker_is_missing(tmp_path: Path, jpeg: bytes) -> None:
    assert jpeg.endswith(END)
    for missing in (1, 2):
        assert_repaired(tmp_path, jpeg[:-missing], jpeg)


def test_zeros_or_another_picture_stand_in_the_place_of_the_end(
    tmp_path: Path, jpeg: bytes
) -> None:
    assert_repaired(tmp_path, jpeg[:-2] + bytes(5000), jpeg)
    assert_repaired(tmp_path, jpeg[:-2] + jpeg, jpeg)


def test_any_missing_piece_of_the_picture_is_noticed(tmp_path: Path, jpeg: bytes) -> None:
    load(tmp_path, jpeg)  # what was decoded before must not show through
    for missing in [3, 4, 5, 6, 7, 9, 13, 25, *range(40, len(jpeg) - 2, 97)]:
        assert_refused(tmp_path, jpeg[:-missing])
        assert_refused(tmp_path, jpeg[:-missing] + bytes(5000))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "print colours"])
def test_somebody_has_put_an_end_to_half_a_picture(
    tmp_path: Path, picture: np.ndarray, kind: str
) -> None:
    data = encode(picture, **KINDS[kind])
    start = data.index(b"\xff\xda")
    half = data[: (start + len(data)) // 2]
    assert decode(half + END) is not None  # filled with grey
    assert_refused(tmp_path, half + END)


def test_zeros_may_end_a_picture(tmp_path: Path, picture: np.ndarray) -> None:
    # The last blocks of a flat area are zeros, which may fill the last byte.
    ends = set()
    for level in range(0, 255, 3):
        picture[20:] = level
        data = encode(picture)
        ends.add(data[-3])
        assert_repaired(tmp_path, data[:-2], data)
    assert 0 in ends


def test_a_grey_corner_is_no_sign_of_damage(tmp_path: Path, picture: np.ndarray) -> None:
    picture[20:] = 128
    for options in ({}, {"progressive": True}, {"mode": "L"}):
        data = encode(picture, **options)
        assert (decode(data)[-1, -1] == 128).all()
        pixels, repaired = load(tmp_path, data)
        assert not repaired
        assert np.array_equal(pixels, decode(data))


def test_progressive_files_must_have_their_end(tmp_path: Path, picture: np.ndarray) -> None:
    data = encode(picture, progressive=True)
    pixels, repaired = load(tmp_path, data)
    assert not repaired
    assert np.array_equal(pixels, decode(data))
    for missing in (1, 2, 3, 50, len(data) // 2):
        assert_refused(tmp_path, data[:-missing])
