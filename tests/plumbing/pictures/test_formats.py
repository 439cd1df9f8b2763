"""Every kind of pixels in every format, against Pillow, which reads them independently."""

from __future__ import annotations

import io
import struct
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from plumbing.pictures.codec import PictureError, picture_size, read_picture

# Pillow's names of modes: bilevel, grey, grey and alpha, palette, colour, colour and alpha, print
# colours, grey of 16 bits.
MODES = {
    "bmp": ["1", "L", "P", "RGB"],
    "jpg": ["L", "RGB", "CMYK"],
    "png": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "tif": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"],
    "webp": ["RGB", "RGBA"],
}
FORMATS_AND_MODES = [(suffix, mode) for suffix, modes in MODES.items() for mode in modes]
ORIENTATION = 0x0112


def image(mode: str, height: int = 40, width: int = 60, seed: int = 5) -> Image.Image:
    """Make a smooth random image of one of Pillow's modes, its alpha random, too."""
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.uniform(0, 1, (height, width, 4)).astype(np.float32), (0, 0), 3)
    pixels = cv2.normalize(noise, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    pixels = pixels.reshape(height, width, 4)
    if mode == "I;16":
        return Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    if mode == "LA":
        return Image.merge("LA", [Image.fromarray(pixels[..., channel]) for channel in (0, 3)])
    if mode == "RGBA":
        return Image.fromarray(pixels)
    return Image.fromarray(np.ascontiguousarray(pixels[..., :3])).convert(mode)


def save(path: Path, picture: Image.Image, orientation: int = 1) -> Path:
    options: dict[str, object] = {}
    if path.suffix == ".tif":
        options["tiffinfo"] = {ORIENTATION: orientation}
    elif path.suffix != ".bmp":
        options["exif"] = Image.Exif()
        options["exif"][ORIENTATION] = orientation
    if path.suffix == ".webp":
        options |= {"lossless": True, "exact": True}
    picture.save(path, **options)
    return path


def as_pillow_reads(path: Path) -> np.ndarray:
    """Read the first picture upright on white, as BGR."""
    # Not from the path: what Pillow maps into memory, it turns twice.
    with Image.open(io.BytesIO(path.read_bytes())) as opened:
        upright = ImageOps.exif_transpose(opened)
    if upright.mode.startswith("I;16"):
        upright = Image.fromarray(np.rint(np.asarray(upright) / 257).astype(np.uint8))
    if upright.mode in ("LA", "RGBA") or "transparency" in upright.info:
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright.convert("RGBA"))
    return np.asarray(upright.convert("RGB"))[..., ::-1].astype(int)


def assert_as_pillow_reads(path: Path) -> None:
    read, expected = read_picture(path), as_pillow_reads(path)
    assert read.dtype == np.uint8
    assert read.shape == expected.shape
    # Each of the two rounds what it converts.
    assert np.abs(read - expected).max() <= 2
    assert picture_size(path) == (read.shape[1], read.shape[0])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("suffix", "mode"), FORMATS_AND_MODES)
def test_pixels_are_those_that_pillow_reads(
    tmp_path: Path, suffix: str, mode: str, orientation: int
) -> None:
    assert_as_pillow_reads(save(tmp_path / f"picture.{suffix}", image(mode), orientation))


@given(
    st.sampled_from(FORMATS_AND_MODES),
    st.integers(1, 50),
    st.integers(1, 50),
    st.integers(1, 8),
    st.integers(0, 2**32 - 1),
)
def test_so_they_are_in_every_shape(
    format_and_mode: tuple[str, str], height: int, width: int, orientation: int, seed: int
) -> None:
    suffix, mode = format_and_mode
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"picture.{suffix}"
        assert_as_pillow_reads(save(path, image(mode, height, width, seed), orientation))


def test_exif_orientation_turns_what_is_seen(tmp_path: Path) -> None:
    for orientation in range(1, 9):
        save(tmp_path / f"{orientation}.png", image("RGB"), orientation)
    upright = read_picture(tmp_path / "1.png")
    # 6: a camera held upright, its right side up; the picture is turned clockwise.
    assert np.array_equal(read_picture(tmp_path / "6.png"), np.rot90(upright, -1))
    assert np.array_equal(read_picture(tmp_path / "3.png"), np.rot90(upright, 2))
    assert len({read_picture(path).tobytes() for path in tmp_path.iterdir()}) == 8


@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_of_several_pictures_the_first_is_read(tmp_path: Path, suffix: str, mode: str) -> None:
    options = {"lossless": True, "exact": True} if suffix == "webp" else {}
    first, second = image(mode), image(mode, seed=6)
    path = tmp_path / f"several.{suffix}"
    first.save(path, save_all=True, append_images=[second], **options)
    with Image.open(path) as opened:
        assert opened.n_frames == 2
    assert_as_pillow_reads(path)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bits_of_colour_are_scaled_to_8(tmp_path: Path, suffix: str, mode: str) -> None:
    eight = np.asarray(image(mode))
    bgr = cv2.cvtColor(eight, cv2.COLOR_RGB2BGR if mode == "RGB" else cv2.COLOR_RGBA2BGRA)
    encoded = cv2.imencode(suffix, bgr.astype(np.uint16) * 257)[1]
    (tmp_path / f"deep{suffix}").write_bytes(encoded.tobytes())
    save(tmp_path / "shallow.png", image(mode))
    expected = as_pillow_reads(tmp_path / "shallow.png")
    assert np.abs(read_picture(tmp_path / f"deep{suffix}") - expected).max() <= 1


@pytest.mark.parametrize("levels", [2, 4, 16, 256])
def test_palettes_of_few_colours_and_their_transparency(tmp_path: Path, levels: int) -> None:
    palette = image("RGB").quantize(levels)
    bits = {2: 1, 4: 2, 16: 4, 256: 8}[levels]
    palette.save(tmp_path / "palette.png", bits=bits)
    assert_as_pillow_reads(tmp_path / "palette.png")
    palette.save(tmp_path / "one.png", bits=bits, transparency=1)
    assert_as_pillow_reads(tmp_path / "one.png")
    alphas = bytes(np.linspace(0, 255, levels).astype(np.uint8))
    palette.save(tmp_path / "each.png", bits=bits, transparency=alphas)
    assert_as_pillow_reads(tmp_path / "each.png")


@pytest.mark.parametrize(("mode", "level"), [("1", 0), ("1", 1), ("L", 120), ("RGB", (9, 8, 7))])
def test_one_level_or_colour_may_be_transparent(
    tmp_path: Path, mode: str, level: int | tuple[int, int, int]
) -> None:
    picture = image(mode)
    if mode == "RGB":
        picture.putpixel((3, 4), level)
    picture.save(tmp_path / "picture.png", transparency=level)
    read = read_picture(tmp_path / "picture.png")
    pixels = np.asarray(picture)
    transparent = (pixels == level).all(axis=2) if mode == "RGB" else pixels == level
    assert transparent.any()
    assert (read[transparent] == 255).all()
    opaque = np.asarray(picture.convert("RGB"))[..., ::-1][~transparent]
    assert np.array_equal(read[~transparent], opaque)


@pytest.mark.parametrize("colours", ["CMYK", "YCCK", "CMYK without a word from Adobe"])
def test_print_colours_in_jpeg(tmp_path: Path, colours: str) -> None:
    stream = io.BytesIO()
    image("CMYK").save(stream, "JPEG", quality=95)
    data = bytearray(stream.getvalue())
    marker = data.index(b"\xff\xee\0\x0eAdobe")
    if colours == "YCCK":
        data[marker + 15] = 2  # the same numbers, but to be taken for luma and chroma
    elif colours != "CMYK":
        del data[marker : marker + 16]
    (tmp_path / "print.jpg").write_bytes(data)
    assert_as_pillow_reads(tmp_path / "print.jpg")


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_compressions_of_tiff(tmp_path: Path, mode: str, compression: str) -> None:
    image(mode).save(tmp_path / "picture.tif", compression=compression)
    assert_as_pillow_reads(tmp_path / "picture.tif")


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_fax_in_tiff(tmp_path: Path, compression: str) -> None:
    image("1").save(tmp_path / "fax.tif", compression=compression)
    assert_as_pillow_reads(tmp_path / "fax.tif")


def set_tag(path: Path, tag: int, value: int, in_place_of: int | None = None) -> None:
    """Set a short number in the first directory of a little-endian TIFF file."""
    data = bytearray(path.read_bytes())
    (directory,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, directory)
    for entry in range(directory + 2, directory + 2 + 12 * entries, 12):
        if struct.unpack_from("<H", data, entry)[0] == (in_place_of or tag):
            struct.pack_into("<HHIHH", data, entry, tag, 3, 1, value, 0)
            path.write_bytes(data)
            return
    raise KeyError(tag)


@pytest.mark.parametrize("mode", ["1", "L", "I;16"])
def test_white_may_be_zero_in_tiff(tmp_path: Path, mode: str) -> None:
    path = save(tmp_path / "negative.tif", image(mode))
    positive = read_picture(path)
    set_tag(path, 262, 0)  # PhotometricInterpretation: WhiteIsZero
    assert np.array_equal(read_picture(path), 255 - positive)


def test_colours_may_be_multiplied_by_alpha_in_tiff(tmp_path: Path) -> None:
    rgba = np.asarray(image("RGBA")).astype(float)
    multiplied = np.rint(np.dstack([rgba[..., 2::-1] * rgba[..., 3:] / 255, rgba[..., 3:]]) * 257)
    path = tmp_path / "multiplied.tif"
    path.write_bytes(cv2.imencode(".tif", multiplied.astype(np.uint16))[1].tobytes())
    # ExtraSamples: associated alpha, in place of the SampleFormat, which is the default one.
    set_tag(path, 338, 1, in_place_of=339)
    save(tmp_path / "straight.png", image("RGBA"))
    expected = as_pillow_reads(tmp_path / "straight.png")
    assert np.abs(read_picture(path) - expected).max() <= 1


def test_big_tiff(tmp_path: Path) -> None:
    image("RGB").save(tmp_path / "big.tif", big_tiff=True)
    assert (tmp_path / "big.tif").read_bytes().startswith(b"II+\0")
    assert_as_pillow_reads(tmp_path / "big.tif")


@pytest.mark.parametrize(("mode", "reason"), [("F", "float32"), ("I", "int32")])
def test_what_tiff_may_hold_and_we_cannot_read(tmp_path: Path, mode: str, reason: str) -> None:
    image("L").convert(mode).save(tmp_path / "odd.tif")
    with pytest.raises(PictureError, match=reason):
        read_picture(tmp_path / "odd.tif")
