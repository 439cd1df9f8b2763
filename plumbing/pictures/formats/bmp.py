"""BMP files: Windows 2 to 5, and OS/2 1 (the BITMAPCOREHEADER).

The headers are those of Microsoft's documentation: BITMAPINFOHEADER (40 bytes), its extensions by
masks (52 and 56), BITMAPV4HEADER (108) and BITMAPV5HEADER (124).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from plumbing.pictures.errors import INCOMPLETE, PictureError, unsupported
from plumbing.pictures.formats.bmp_runs import expand_runs
from plumbing.pictures.formats.header import Header, unpack
from plumbing.pictures.formats.line_ends import CHANGED_LINE_ENDS, line_ends_were_expanded
from plumbing.pictures.formats.pixels import lay_on_white

_CORE = 12
_HEADER_SIZES = (_CORE, 16, 40, 52, 56, 64, 108, 124)  # 16 and 64: OS/2 2
# Kinds of compression.
_PLAIN, _RUNS_OF_8, _RUNS_OF_4, _MASKS, _ALPHA_MASKS = 0, 1, 2, 3, 6
_UNSUPPORTED = {4: "a BMP that holds a JPEG", 5: "a BMP that holds a PNG"}
_UNSUPPORTED |= dict.fromkeys((11, 12, 13), "a BMP of print colours (CMYK)")
_BITS = {
    _PLAIN: (1, 2, 4, 8, 16, 24, 32),
    _RUNS_OF_8: (8,),
    _RUNS_OF_4: (4,),
    _MASKS: (16, 32),
    _ALPHA_MASKS: (16, 32),
}
# Of red, green, blue and alpha where the file has none: 5 bits each, or 8 and a byte of padding.
_DEFAULT_MASKS = {
    16: (0x7C00, 0x03E0, 0x001F, 0),
    32: (0xFF0000, 0xFF00, 0xFF, 0),
}


@dataclass(frozen=True)
class _Layout:
    width: int
    height: int
    top_first: bool
    bits: int
    compression: int
    masks: tuple[int, ...]  # red, green, blue, alpha
    palette_start: int
    palette_entry: int  # bytes
    palette_count: int
    pixels_start: int
    usual_start: bool  # the pixels stand right behind the palette


def read_header(file: BinaryIO) -> Header:
    """Read size and kind. Raises PictureError."""
    file.seek(14)
    (header_size,) = unpack(file, "<I")
    width, height = unpack(file, "<HH" if header_size == _CORE else "<ii")
    if width < 0:
        raise PictureError(f"damaged: its header claims {width}x{height} pixels")
    return Header("bmp", width, abs(height))  # a negative height: the top row comes first


def decode(data: bytes) -> np.ndarray:
    """Decode a whole file to uint8 BGR (H, W, 3), its transparency on white.

    Raises PictureError.
    """
    if len(data) != int.from_bytes(data[2:6], "little") and line_ends_were_expanded(data):
        raise PictureError(CHANGED_LINE_ENDS)
    layout = _read_layout(data)
    if layout.compression in (_RUNS_OF_8, _RUNS_OF_4):
        levels = expand_runs(data[layout.pixels_start :], layout.width, layout.height, layout.bits)
        pixels = _apply_palette(levels, data, layout)
    else:
        pixels = _read_rows(data, layout)
    if not layout.top_first:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _read_layout(data: bytes) -> _Layout:
    file = io.BytesIO(data)
    file.seek(10)
    pixels_start, header_size = unpack(file, "<II")
    if header_size not in _HEADER_SIZES:
        raise PictureError(f"damaged: a BMP file with a header of {header_size:,} bytes")
    if header_size == _CORE:
        width, height, _, bits = unpack(file, "<HHHH")
        compression, used = _PLAIN, 0
    else:
        width, height, _, bits = unpack(file, "<iiHH")
        compression, used = _PLAIN, 0
        if header_size >= 40:
            compression, _, _, _, used, _ = unpack(file, "<IIiiII")
    if header_size == 64 and compression in (3, 4):
        raise unsupported("a BMP of OS/2 with a compression of its own")
    if compression in _UNSUPPORTED:
        raise unsupported(_UNSUPPORTED[compression])
    if compression not in _BITS or bits not in _BITS[compression]:
        raise PictureError(f"damaged: a BMP file of {bits} bits with compression {compression}")
    masks: tuple[int, ...] = _DEFAULT_MASKS.get(bits, (0, 0, 0, 0))
    mask_bytes = 0
    if compression in (_MASKS, _ALPHA_MASKS):
        masks, mask_bytes = _read_masks(file, header_size, compression)
    palette_start = 14 + header_size + mask_bytes
    palette_entry = 3 if header_size == _CORE else 4
    count = min(used or 2**bits, 2**bits) if bits <= 8 else 0
    if 0 < pixels_start < palette_start:
        raise PictureError("damaged: a BMP file whose pixels would begin within its header")
    usual_start = palette_start + count * palette_entry
    pixels_start = pixels_start or usual_start  # some writers leave it out
    if pixels_start < usual_start and len(data) >= usual_start + _stride(width, bits) * abs(height):
        raise PictureError("damaged: a BMP file whose pixels would begin within its palette")
    # Some writers count more colours than there are.
    count = min(count, (pixels_start - palette_start) // palette_entry)
    return _Layout(
        width=width,
        height=abs(height),
        top_first=height < 0,
        bits=bits,
        compression=compression,
        masks=masks,
        palette_start=palette_start,
        palette_entry=palette_entry,
        palette_count=count,
        pixels_start=pixels_start,
        usual_start=pixels_start == usual_start,
    )


def _stride(width: int, bits: int) -> int:
    """Return the bytes of a row, which is filled up to four."""
    return (width * bits + 31) // 32 * 4


def _read_masks(file: BinaryIO, header_size: int, compression: int) -> tuple[tuple[int, ...], int]:
    """Read the masks, and tell how many bytes they take behind the header."""
    behind = 0
    if header_size == 40:
        behind = 16 if compression == _ALPHA_MASKS else 12
    with_alpha = compression == _ALPHA_MASKS or header_size >= 56
    masks = unpack(file, "<IIII") if with_alpha else (*unpack(file, "<III"), 0)
    if not all(masks[:3]):
        raise PictureError("damaged: a BMP file without the masks of its colours")
    return masks, behind


def _read_rows(data: bytes, layout: _Layout) -> np.ndarray:
    """Read rows as they are stored, each filled up to four bytes: uint8 BGR (H, W, 3)."""
    stride = _stride(layout.width, layout.bits)
    size = stride * layout.height
    # Some writers do not fill up the last row.
    padding = stride - (layout.width * layout.bits + 7) // 8 if layout.usual_start else 0
    rows = data[layout.pixels_start : layout.pixels_start + size]
    if len(rows) < size - padding:
        raise PictureError(INCOMPLETE)
    rows = rows.ljust(size, b"\0")
    if layout.bits == 24:
        table = np.frombuffer(rows, np.uint8).reshape(layout.height, stride)
        return table[:, : 3 * layout.width].reshape(layout.height, layout.width, 3)
    if layout.bits in (16, 32):
        kind = "<u2" if layout.bits == 16 else "<u4"
        words = np.frombuffer(rows, kind).reshape(layout.height, -1)[:, : layout.width]
        return _apply_masks(words, layout.masks)
    table = np.frombuffer(rows, np.uint8).reshape(layout.height, stride)
    if layout.bits == 8:
        return _apply_palette(table[:, : layout.width], data, layout)
    per_byte = 8 // layout.bits
    levels = np.empty((layout.height, stride, per_byte), dtype=np.uint8)
    for place in range(per_byte):
        levels[..., place] = table >> (8 - layout.bits * (place + 1)) & (2**layout.bits - 1)
    levels = levels.reshape(layout.height, -1)[:, : layout.width]
    return _apply_palette(levels, data, layout)


def _apply_palette(levels: np.ndarray, data: bytes, layout: _Layout) -> np.ndarray:
    start, entry, count = layout.palette_start, layout.palette_entry, layout.palette_count
    stored = np.frombuffer(data[start : start + count * entry], np.uint8)
    if len(stored) < count * entry:
        raise PictureError(INCOMPLETE)
    palette = np.zeros((256, 3), dtype=np.uint8)  # colours that are missing are black
    palette[:count] = stored.reshape(count, entry)[:, :3]
    return palette[levels]


def _apply_masks(words: np.ndarray, masks: tuple[int, ...]) -> np.ndarray:
    """Take colours, uint8 BGR (H, W, 3), out of words by the masks of red, green, blue, alpha."""
    red, green, blue, alpha = masks
    pixels = np.empty((*words.shape, 4), dtype=np.uint8)
    for channel, mask in enumerate((blue, green, red, alpha)):
        pixels[..., channel] = _take(words, mask)
    # Most writers that leave alpha at zero everywhere mean a picture and not nothing.
    if not alpha or not pixels[..., 3].any():
        return pixels[..., :3]
    return lay_on_white(pixels)


def _take(words: np.ndarray, mask: int) -> np.ndarray:
    """Take the bits of a mask, of one piece, out of words and scale them to 8 bits."""
    if not mask:
        return np.zeros(words.shape, dtype=np.uint8)
    shift = (mask & -mask).bit_length() - 1
    most = mask >> shift
    if most & (most + 1):
        raise unsupported("a BMP with masks of several pieces")
    if most == 255 and shift % 8 == 0:  # a whole byte
        return words.view(np.uint8).reshape(*words.shape, words.itemsize)[..., shift // 8]
    values = words >> shift & most
    if most < 255:
        scaled = [(value * 255 + most // 2) // most for value in range(most + 1)]
        return np.array(scaled, dtype=np.uint8)[values]
    return np.rint(values * (255 / most)).astype(np.uint8)
