"""Pictures of the kinds that people have reported to comparable tools: tests/data/pictures."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from plumbing.pictures.codec import PictureError, load_picture, picture_size, read_picture

FOLDER = Path(__file__).resolve().parents[2] / "data" / "pictures"
TINTED, PLAIN = FOLDER / "p_rgb.png", FOLDER / "t_rgb8_strip.tif"

# Each file that is decoded right, with how far a pixel may be from the reference in p_rgb.png
# (names in b, j, p, w) or t_rgb8_strip.tif (t, y), and the mean.
DECODED = {
    "p_rgb.png": (0, 0),
    "t_rgb8_strip.tif": (0, 0),
    "t_rgb16_planar.tif": (0, 0),
    "t_rgb16_planar_lzw.tif": (0, 0),
    "t_thumb_first.tif": (0, 0),
    "t_rgbx_unspec.tif": (0, 0),
    "y_tile16_raw.tif": (0, 0),
    "t_g4bit.tif": (8, 4),  # 16 levels
    "t_cmyk16.tif": (0, 0),
    "t_rgb5.tif": (0, 0),
    "t_lab.tif": (1, 0.1),
    "b_32_bf.bmp": (0, 0),
    "b_32_bf_bgr.bmp": (0, 0),
    "b_32_bf_rgbx.bmp": (0, 0),
    "b_v5_alpha0.bmp": (0, 0),
    "b_os2.bmp": (0, 0),
    "bb_v4_1555.bmp": (7, 3),  # 32 levels
    "b_offset_wrong.bmp": (0, 0),
    "j_exif_1then3.jpg": (64, 5),  # JPEG
}
# Each that is refused, with words of the reason.
REFUSED = {
    "t_c_jpeg2000.tif": "JPEG 2000, which is not supported",
    "t_c_jpegxl.tif": "JPEG XL, which is not supported",
    "t_c_png.tif": "compression is PNG, which is not supported",
    "t_c_zstd.tif": "Zstandard, which is not supported",
    "z_comp34892.tif": "lossy JPEG of DNG, which is not supported",
    "z_comp60000g.tif": r"unknown \(code 60000\), which is not supported",
    "t_f16.tif": "float16, which is not supported",
    "x_corrupt_lzw8.tif": "damaged",
    "x_corrupt_packbits8.tif": "damaged",
    "x_corrupt_jpeg8.tif": "damaged",
    "j_12bit.jpg": "a JPEG of 12 bits, which is not supported",
    "j_ljpeg16.jpg": "a lossless JPEG of 16 bits, which is not supported",
    "j_dnl.jpg": "DNL.*which is not supported",
    "j_ascii_ftp.jpg": "damaged: its line ends were changed",
    "j_dri_missing.jpg": "damaged",
    "p_cgbi.png": "iOS.*which is not supported",
    "o_jxl.jpg": "not a picture.*JPEG XL",
    "o_jp2.jpg": "not a picture.*JPEG 2000",
    "o_html.jpg": "not a picture.*HTML",
    "o_lfs.jpg": "not a picture.*Git LFS pointer",
}
# Each that is decoded as far as it goes, with words on what is wrong.
DAMAGED = {
    "j_prog_missing1.jpg": "scans are missing",
    "j_rst_lost.jpg": "missing between two restart markers",
    "j_corrupt_mid.jpg": "corrupt.*199 extraneous bytes",
}
# Each of which nothing can be told: the letter of PNG says dark, and WebP has no checksum.
UNKNOWABLE = {"p_g12in16.png", "w_corrupt_lossy.webp"}


def test_every_file_is_in_one_table() -> None:
    tables = [*DECODED, *REFUSED, *DAMAGED, *UNKNOWABLE]
    assert sorted(tables) == sorted(path.name for path in FOLDER.iterdir() if path.suffix)


@pytest.mark.parametrize("name", DECODED)
def test_decoded_right(name: str) -> None:
    expected = read_picture(TINTED if name[0] in "bjpw" else PLAIN).astype(int)
    loaded = load_picture(FOLDER / name)
    assert loaded.size == picture_size(FOLDER / name) == (135, 45)
    assert not loaded.damage
    difference = np.abs(loaded.pixels - expected)
    most, mean = DECODED[name]
    assert difference.max() <= most
    assert difference.mean() <= mean


def test_the_references_show_a_plate() -> None:
    for reference in (TINTED, PLAIN):
        pixels = read_picture(reference)
        assert pixels.shape == (45, 135, 3)
        assert np.ptp(pixels) > 200
    blue, _, red = read_picture(TINTED).reshape(-1, 3).mean(axis=0)
    assert abs(blue - red) > 10  # so that BGR and RGB differ


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_reason(name: str) -> None:
    with pytest.raises(PictureError) as raised:
        load_picture(FOLDER / name)
    assert re.search(REFUSED[name], str(raised.value)), raised.value


@pytest.mark.parametrize("name", DAMAGED)
def test_decoded_but_called_damaged(name: str) -> None:
    pytest.importorskip("simplejpeg")
    loaded = load_picture(FOLDER / name)
    assert loaded.pixels.shape == (45, 135, 3)
    assert re.search(DAMAGED[name], loaded.damage), loaded.damage
    with pytest.raises(PictureError, match="damaged: "):
        read_picture(FOLDER / name)


@pytest.mark.parametrize("name", sorted(UNKNOWABLE))
def test_decoded_by_the_letter(name: str) -> None:
    assert load_picture(FOLDER / name).pixels.shape == (45, 135, 3)


def test_decoders_write_nothing_of_their_own(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("simplejpeg")
    for path in FOLDER.iterdir():
        try:
            load_picture(path)
        except PictureError:
            continue
    assert capfd.readouterr() == ("", "")
