"""TIFF files of every layout, by tifffile and Pillow, against what they were made of."""

from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from plumbing.pictures.formats.tiff.picture import decode, read_header
from tests.helpers.tiff_files import BGR, HEIGHT, RGB, WIDTH, save, set_tag, smooth, write

LAYOUTS: dict[str, dict[str, object]] = {
    "one strip": {},
    "a row a strip": {"rowsperstrip": 1},
    "strips that do not fit": {"rowsperstrip": 7},
    "small tiles": {"tile": (16, 16)},
    "large tiles": {"tile": (32, 64)},
}
COMPRESSIONS: dict[str, dict[str, object]] = {
    "none": {},
    "deflate": {"compression": "zlib"},
    "predicted": {"compression": "zlib", "predictor": 2},
}


def as_pillow_reads(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as opened:
        return np.asarray(opened.convert("RGB"))[..., ::-1].astype(int)


def deepen(pixels: np.ndarray, bits: int) -> np.ndarray:
    return pixels if bits == 8 else pixels.astype(np.uint16) * 257


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout(layout: str, compression: str, bits: int, order: str) -> None:
    options = {**LAYOUTS[layout], **COMPRESSIONS[compression], "byteorder": order}
    rgb = deepen(RGB, bits)
    data = write(rgb, photometric="rgb", **options)
    assert np.array_equal(decode(data), BGR)
    planes = np.ascontiguousarray(rgb.transpose(2, 0, 1))
    data = write(planes, photometric="rgb", planarconfig="separate", **options)
    assert np.array_equal(decode(data), BGR)
    grey = RGB[..., :1].repeat(3, axis=2)
    assert np.array_equal(decode(write(rgb[..., 0], photometric="minisblack", **options)), grey)
    data = write(rgb[..., 0], photometric="miniswhite", **options)
    assert np.array_equal(decode(data), 255 - grey)


@pytest.mark.parametrize("bits", [8, 16])
def test_samples_beyond_the_colours(bits: int) -> None:
    extra = deepen(smooth(5), bits)
    for kind, count in [("unspecified", 4), ("unspecified", 5)]:
        data = write(extra[..., :count], photometric="rgb", extrasamples=[kind] * (count - 3))
        assert np.array_equal(decode(data), smooth(5)[..., 2::-1])
    share = smooth(5)[..., 3:4] / 255
    on_white = smooth(5)[..., 2::-1] * share + 255 * (1 - share)
    data = write(extra[..., :4], photometric="rgb", extrasamples=["unassalpha"])
    assert np.abs(decode(data) - on_white).max() <= 1
    colours = np.rint(extra[..., :3] * share).astype(extra.dtype)
    multiplied = np.dstack([colours, extra[..., 3]])
    data = write(multiplied, photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(decode(data) - on_white).max() <= 2
    grey = np.dstack([extra[..., 0], extra[..., 3]])
    data = write(grey, photometric="minisblack", extrasamples=["unassalpha"], planarconfig="contig")
    expected = (smooth(5)[..., :1] * share + 255 * (1 - share)).repeat(3, axis=2)
    assert np.abs(decode(data) - expected).max() <= 1


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 7, 9, 10, 12, 14])
def test_bits_that_fill_no_byte(bits: int) -> None:
    most = 2**bits - 1
    levels = np.rint(RGB[..., 0] / 255 * most).astype(np.uint16)
    planes = (levels[..., None] >> np.arange(bits)[::-1]) & 1
    rows = np.packbits(planes.reshape(HEIGHT, -1).astype(np.uint8), axis=1)
    data = write(rows, photometric="minisblack", rowsperstrip=HEIGHT)
    data = set_tag(set_tag(data, 258, bits), 256, WIDTH)
    expected = np.rint(levels * (255 / most))
    assert np.abs(decode(data)[..., 0] - expected).max() <= (0 if bits < 9 else 1)


@pytest.mark.parametrize("bits", [8, 16])
def test_print_colours(bits: int) -> None:
    inks = deepen(smooth(4), bits)
    data = write(inks, photometric="separated")
    paper = 255 - smooth(4).astype(float)
    assert np.abs(decode(data) - (paper[..., 2::-1] * paper[..., 3:] / 255)).max() <= 1


@pytest.mark.parametrize("top", [65535, 255])
def test_palettes_of_16_and_of_8_bits(top: int) -> None:
    colours = np.random.default_rng(1).integers(0, 256, (3, 256))
    colour_map = (colours * (top // 255)).astype(np.uint16)
    data = write(RGB[..., 0], photometric="palette", colormap=colour_map)
    assert np.array_equal(decode(data), colours.T[RGB[..., 0]][..., ::-1])


@pytest.mark.parametrize(
    "compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "lzma"]
)
@pytest.mark.parametrize("mode", ["RGB", "L", "YCbCr"])
def test_compressions_as_pillow_reads_them(mode: str, compression: str) -> None:
    data = save(mode, compression=compression)
    assert np.abs(decode(data) - as_pillow_reads(data)).max() <= 1


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt", "packbits", "raw"])
@pytest.mark.parametrize("fill_order", [1, 2])
def test_black_and_white(compression: str, fill_order: int) -> None:
    data = save("1", compression=compression, tiffinfo={266: fill_order})
    assert np.array_equal(decode(data), as_pillow_reads(data))


def test_where_a_file_does_not_tell_its_colours() -> None:
    data = write(RGB, photometric="rgb")
    assert np.array_equal(decode(set_tag(data, 262, 0, put=65000)), BGR)
    data = write(RGB[..., 0], photometric="miniswhite")
    assert np.array_equal(decode(set_tag(data, 262, 0, put=65000))[..., 0], RGB[..., 0])
    data = save("1", compression="group4")  # as black is zero, which is not usual for a fax
    assert np.array_equal(decode(set_tag(data, 262, 0, put=65000)), 255 - as_pillow_reads(data))


def test_lab() -> None:
    # Black, white, red, green, blue of sRGB in CIELab under D50.
    lab = np.array([[[0, 0, 0], [100, 0, 0], [54.3, 80.8, 69.9], [87.8, -79.3, 81.0]]])
    stored = np.rint(lab * (2.55, 1, 1)).astype(int).astype(np.uint8)
    data = write(stored, photometric="cielab")
    expected = [[0, 0, 0], [255, 255, 255], [0, 0, 255], [0, 255, 0]]
    assert np.abs(decode(data)[0] - expected).max() <= 12  # 8 bits of Lab are few
    icc = stored.copy()
    icc[..., 1:] += 128
    assert np.array_equal(decode(write(icc, photometric="icclab")), decode(data))


def test_thumbnails_and_masks_are_passed_over() -> None:
    thumbnail = np.zeros((9, 13, 3), dtype=np.uint8)
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(thumbnail, photometric="rgb", subfiletype=1)
        writer.write(RGB, photometric="rgb")
    for kind in (1, 4, 5):  # less resolution, a mask, both
        data = set_tag(stream.getvalue(), 254, kind)
        header = read_header(io.BytesIO(data))
        assert (header.width, header.height) == (WIDTH, HEIGHT)
        assert np.array_equal(decode(data), BGR)
    assert decode(set_tag(stream.getvalue(), 254, 2)).shape == (9, 13, 3)  # a page like others
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:  # the picture below the thumbnail
        writer.write(thumbnail, photometric="rgb", subfiletype=1, subifds=1)
        writer.write(RGB, photometric="rgb")
    assert np.array_equal(decode(stream.getvalue()), BGR)
    # There is nothing but a thumbnail.
    assert decode(write(thumbnail, photometric="rgb", subfiletype=1)).shape == (9, 13, 3)


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}])
def test_the_last_strip_may_be_filled_up(options: dict[str, object]) -> None:
    filled = np.pad(RGB, ((0, 3), (0, 0), (0, 0)))
    data = write(filled, photometric="rgb", rowsperstrip=8, **options)
    assert np.array_equal(decode(set_tag(data, 257, HEIGHT)), BGR)
