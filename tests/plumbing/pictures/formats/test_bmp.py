"""BMP files of every header and every layout of pixels, made here by the documentation."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats import bmp

BITFIELDS, ALPHA_BITFIELDS = 3, 6
RGB, BGR = (0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000)
ORDERS = {
    "RGB": RGB,
    "BGR": BGR,
    "RGBX": (0xFF000000, 0xFF0000, 0xFF00),
    "BGRX": (0xFF00, 0xFF0000, 0xFF000000),
    "GBR": (0xFF, 0xFF0000, 0xFF00),
    "10 bits": (0x3FF00000, 0xFFC00, 0x3FF),
}
MASKS_16 = {
    "565": (0xF800, 0x07E0, 0x001F),
    "555": (0x7C00, 0x03E0, 0x001F),
    "444": (0x0F00, 0x00F0, 0x000F),
    "565 BGR": (0x001F, 0x07E0, 0xF800),
}


def pixels(height: int = 7, width: int = 5, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def build(
    words: np.ndarray,
    bits: int,
    *,
    header_size: int = 40,
    compression: int = 0,
    masks: tuple[int, ...] = (),
    palette: bytes = b"",
    top_first: bool = False,
    offset: int | None = None,
    colours_used: int = 0,
) -> bytes:
    """Make a BMP of rows of bytes, the top row first in `words`."""
    height = len(words)
    rows = words if top_first else words[::-1]
    body = b"".join(bytes(row) + bytes(-len(bytes(row)) % 4) for row in rows)
    width = words.shape[1] * words.itemsize * 8 // bits
    if header_size == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        signed = -height if top_first else height
        header = struct.pack("<IiiHHIIiiII", 40, width, signed, 1, bits, compression, 0, 0, 0, 0, 0)
        header = header[:32] + struct.pack("<II", colours_used, 0)
        if header_size == 40:
            header += struct.pack(f"<{len(masks)}I", *masks)
        else:
            four = (*masks, 0, 0, 0, 0)[: 3 if header_size == 52 else 4]
            header += struct.pack(f"<{len(four)}I", *four)
            header = header[:header_size].ljust(header_size, b"\0")
        header = struct.pack("<I", header_size) + header[4:]
    start = 14 + len(header) + len(palette)
    place = start if offset is None else offset
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, place) + header + palette + body


def pack(picture: np.ndarray, masks: tuple[int, ...], kind: str) -> np.ndarray:
    """Put 8 bits of BGR, and alpha, where the masks of red, green, blue, alpha say."""
    words = np.zeros(picture.shape[:2], dtype=np.uint64)
    for channel, mask in zip((2, 1, 0, 3), masks, strict=False):
        shift = (mask & -mask).bit_length() - 1
        most = mask >> shift
        level = np.rint(picture[..., channel].astype(float) / 255 * most).astype(np.uint64)
        words |= level << np.uint64(shift)
    return words.astype(kind)


def test_24_bits() -> None:
    picture = pixels()
    rows = picture.reshape(7, -1)
    for size in (12, 40, 52, 56, 108, 124):
        assert np.array_equal(bmp.decode(build(rows, 24, header_size=size)), picture)
    assert np.array_equal(bmp.decode(build(rows, 24, top_first=True)), picture)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("header_size", [40, 52, 56, 108, 124])
def test_masks_of_32_bits(order: str, header_size: int) -> None:
    picture, masks = pixels(), ORDERS[order]
    words = pack(picture, masks, "<u4")
    data = build(words, 32, header_size=header_size, compression=BITFIELDS, masks=masks)
    assert np.array_equal(bmp.decode(data), picture)


@pytest.mark.parametrize("masks", MASKS_16)
@pytest.mark.parametrize("header_size", [40, 52, 56, 108, 124])
def test_masks_of_16_bits(masks: str, header_size: int) -> None:
    levels = [mask.bit_count() for mask in MASKS_16[masks]]
    words = pack(pixels(), MASKS_16[masks], "<u2")
    data = build(words, 16, header_size=header_size, compression=BITFIELDS, masks=MASKS_16[masks])
    decoded = bmp.decode(data)
    for channel, bits in zip((2, 1, 0), levels, strict=True):
        most = 2**bits - 1
        expected = np.rint(np.rint(pixels()[..., channel] / 255 * most) * 255 / most)
        assert np.array_equal(decoded[..., channel], expected)


@pytest.mark.parametrize("header_size", [40, 108])
def test_without_masks_16_bits_are_555_and_32_are_bgr_and_padding(header_size: int) -> None:
    words = pack(pixels(), MASKS_16["555"], "<u2")
    with_masks = bmp.decode(build(words, 16, compression=BITFIELDS, masks=MASKS_16["555"]))
    assert np.array_equal(bmp.decode(build(words, 16, header_size=header_size)), with_masks)
    for padding in (0, 77, 255):
        four = np.dstack([pixels(), np.full((7, 5), padding, np.uint8)]).reshape(7, -1)
        assert np.array_equal(bmp.decode(build(four, 32, header_size=header_size)), pixels())


@pytest.mark.parametrize(("header_size", "compression"), [(56, 3), (108, 3), (124, 3), (40, 6)])
def test_alpha_is_laid_on_white_unless_it_is_zero_everywhere(
    header_size: int, compression: int
) -> None:
    masks = (*RGB, 0xFF000000)
    alpha = np.linspace(0, 255, 35).round().astype(np.uint8).reshape(7, 5)
    options = {"header_size": header_size, "compression": compression, "masks": masks}
    words = pack(np.dstack([pixels(), alpha]), masks, "<u4")
    share = alpha[..., None] / 255
    expected = np.rint(pixels() * share + 255 * (1 - share))
    assert np.abs(bmp.decode(build(words, 32, **options)) - expected).max() <= 1
    words = pack(np.dstack([pixels(), 0 * alpha]), masks, "<u4")
    assert np.array_equal(bmp.decode(build(words, 32, **options)), pixels())


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("header_size", [12, 40, 124])
def test_palettes(bits: int, header_size: int) -> None:
    count = 2**bits
    colours = np.random.default_rng(1).integers(0, 256, (count, 3), dtype=np.uint8)
    levels = np.random.default_rng(2).integers(0, count, (6, 16), dtype=np.uint8)
    parts = np.zeros((6, 16 * bits // 8), dtype=np.uint8)
    for place in range(8 // bits):
        parts |= levels[:, place :: 8 // bits] << (8 - bits * (place + 1))
    entries = colours if header_size == 12 else np.pad(colours, ((0, 0), (0, 1)))
    data = build(parts, bits, header_size=header_size, palette=entries.tobytes())
    assert np.array_equal(bmp.decode(data), colours[levels])


def test_a_palette_may_be_shorter_than_it_could_be_or_than_it_says() -> None:
    levels = np.arange(12, dtype=np.uint8).reshape(3, 4) % 3
    colours = np.array([[1, 2, 3, 0], [40, 50, 60, 0], [250, 240, 230, 0]], dtype=np.uint8)
    for used in (3, 0, 256):
        data = build(levels, 8, palette=colours.tobytes(), colours_used=used)
        assert np.array_equal(bmp.decode(data), colours[levels][..., :3])


def test_the_place_of_the_pixels() -> None:
    rows = pixels().reshape(7, -1)
    assert np.array_equal(bmp.decode(build(rows, 24, offset=0)), pixels())
    for offset in (1, 14, 53):
        with pytest.raises(PictureError, match=r"damaged: .* within its header"):
            bmp.decode(build(rows, 24, offset=offset))
    for offset in (55, 60, 2**31):
        with pytest.raises(PictureError, match="damaged"):
            bmp.decode(build(rows, 24, offset=offset))
    # With room between the header and the pixels.
    data = build(rows, 24)
    moved = data[:10] + struct.pack("<I", 64) + data[14:54] + bytes(10) + data[54:]
    assert np.array_equal(bmp.decode(moved), pixels())


def test_pixels_that_would_begin_within_the_palette() -> None:
    data = build(pixels()[..., 0], 8, palette=bytes(1024))
    for offset in (54, 100, 1077):
        wrong = data[:10] + struct.pack("<I", offset) + data[14:]
        with pytest.raises(PictureError, match="damaged"):
            bmp.decode(wrong)


def test_the_padding_of_the_last_row_may_be_missing() -> None:
    data = build(pixels().reshape(7, -1), 24, top_first=True)
    assert np.array_equal(bmp.decode(data[:-1]), pixels())
    with pytest.raises(PictureError, match="incomplete"):
        bmp.decode(data[:-2])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"compression": 4}, "JPEG, which is not supported"),
        ({"compression": 5}, "PNG, which is not supported"),
        ({"compression": 11}, "CMYK.*not supported"),
        ({"compression": 3, "masks": (0, 0, 0)}, "damaged.*masks"),
        ({"compression": 3, "masks": (0xF0F0, 0xF00, 0xF)}, "pieces, which is not supported"),
        ({"compression": 77}, "damaged"),
    ],
)
def test_what_is_not_read_is_named(changes: dict[str, object], reason: str) -> None:
    words = pack(pixels(), RGB, "<u4")
    with pytest.raises(PictureError, match=reason):
        bmp.decode(build(words, 32, **changes))


@pytest.mark.parametrize("field", [(14, 41), (28, 7), (28, 0)])
def test_odd_headers_are_damaged(field: tuple[int, int]) -> None:
    data = bytearray(build(pixels().reshape(7, -1), 24))
    struct.pack_into("<H", data, *field)
    with pytest.raises(PictureError, match="damaged"):
        bmp.decode(bytes(data))


def encode_runs(levels: np.ndarray) -> bytes:
    """Encode rows in runs of 8 bits, with pixels as they are in every second row."""
    out = bytearray()
    for index, row in enumerate(levels[::-1]):
        if index % 2 and len(row) > 2:
            out += bytes([0, len(row)]) + bytes(row) + bytes(len(row) % 2)
        else:
            for value in row:
                out += bytes([1, value])
        out += b"\0\0"
    return bytes(out) + b"\0\1"


def test_runs_as_pillow_reads_them() -> None:
    levels = np.random.default_rng(2).integers(0, 4, (6, 9), dtype=np.uint8)
    colours = np.random.default_rng(1).integers(0, 256, (256, 4), dtype=np.uint8)
    data = build(levels, 8, palette=colours.tobytes(), compression=1)[: 54 + 1024]
    data += encode_runs(levels)
    assert np.array_equal(bmp.decode(data), colours[levels][..., :3])
    with Image.open(io.BytesIO(data)) as opened:
        assert np.array_equal(np.asarray(opened.convert("RGB"))[..., ::-1], bmp.decode(data))
    for missing in (2, 4):  # the end alone
        assert np.array_equal(bmp.decode(data[:-missing]), colours[levels][..., :3])
    for missing in (6, 20, 60):
        with pytest.raises(PictureError, match="damaged"):
            bmp.decode(data[:-missing])


def test_changed_line_ends_are_noticed() -> None:
    data = build(np.full((30, 30), 10, np.uint8), 8, palette=bytes(1024))
    with pytest.raises(PictureError, match="line ends"):
        bmp.decode(data.replace(b"\n", b"\r\n"))
    bmp.decode(data)
    # Pixels may be CR and LF.
    flat = build(np.tile(np.array([13, 10, 0], np.uint8), (30, 30)), 24)
    assert (bmp.decode(flat)[..., :2] == (13, 10)).all()
