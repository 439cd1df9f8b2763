"""What the header of a JPEG says: kinds that are not read, and the orientation."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.jpeg.header import read_header


def encode(**options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(stream, "JPEG", **options)
    return stream.getvalue()


def with_frame(marker: int, bits: int = 8, components: int = 3) -> bytes:
    data = bytearray(encode())
    frame = data.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4], data[frame + 9] = marker, bits, components
    return bytes(data)


def exif(orientation: int | None) -> bytes:
    block = Image.Exif()
    if orientation is None:
        block[0x010F] = "maker"
    else:
        block[0x0112] = orientation
    content = block.tobytes()
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


@pytest.mark.parametrize(
    ("marker", "bits", "components", "kind"),
    [
        (0xC1, 12, 3, "12 bits"),
        (0xC2, 12, 1, "12 bits"),
        (0xC3, 8, 3, "lossless JPEG of 8 bits"),
        (0xC3, 16, 1, "lossless JPEG of 16 bits"),
        (0xCB, 12, 1, "lossless JPEG of 12 bits"),
        (0xC5, 8, 3, "hierarchical"),
        (0xCE, 8, 3, "hierarchical"),
        (0xF7, 8, 3, "JPEG-LS"),
        (0xF7, 12, 1, "JPEG-LS"),
        (0xC0, 8, 2, "2 components"),
        (0xC0, 8, 5, "5 components"),
    ],
)
def test_valid_kinds_that_are_not_read_are_named(
    marker: int, bits: int, components: int, kind: str
) -> None:
    header = read_header(io.BytesIO(with_frame(marker, bits, components)))
    assert kind in header.refusal
    assert header.refusal.endswith(", which is not supported")
    assert (header.width, header.height) == (30, 20)


@pytest.mark.parametrize("marker", [0xC0, 0xC1, 0xC2, 0xC9, 0xCA])
def test_the_other_kinds_are_not_refused(marker: int) -> None:
    assert read_header(io.BytesIO(with_frame(marker))).refusal == ""


def test_bits_that_no_jpeg_has_are_damage() -> None:
    assert "damaged" in read_header(io.BytesIO(with_frame(0xC0, 9))).refusal


def test_a_height_behind_the_picture() -> None:
    data = bytearray(encode())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 7] = b"\0\0"
    with_height = data[:-2] + b"\xff\xdc\0\4" + struct.pack(">H", 20) + data[-2:]
    with pytest.raises(PictureError, match=r"DNL.*not supported"):
        read_header(io.BytesIO(with_height))
    assert read_header(io.BytesIO(data)).height == 0


@pytest.mark.parametrize(
    ("blocks", "orientation"),
    [((), 1), ((6,), 6), ((1, 3), 1), ((3, 1), 3), ((None, 3), 1), ((6, None), 6)],
)
def test_of_several_exif_blocks_the_first_counts(
    blocks: tuple[int | None, ...], orientation: int
) -> None:
    data = encode()
    xmp = b"\xff\xe1\0\x10http://ns.ado."  # no EXIF block
    data = data[:2] + xmp + b"".join(map(exif, blocks)) + data[2:]
    assert read_header(io.BytesIO(data)).orientation == orientation
