"""The compressions of TIFF files."""

from __future__ import annotations

import io
import lzma
import zlib
from dataclasses import dataclass
from typing import Any

from plumbing.pictures.errors import PictureError, unsupported
from plumbing.pictures.formats.jpeg.header import read_header
from plumbing.pictures.formats.jpeg.picture import decode
from plumbing.pictures.formats.tiff.fax import BARE_ROWS, GROUP_3, GROUP_4, expand_fax
from plumbing.pictures.formats.tiff.lzw import expand_lzw
from plumbing.pictures.formats.tiff.packbits import BROKEN, expand_packbits

UNCOMPRESSED, _LZW, JPEG, _PACKBITS = 1, 5, 7, 32773
FAX = (BARE_ROWS, GROUP_3, GROUP_4)
_DEFLATE = (8, 32946)
_LZMA = 34925
# Where a predictor can come before the compression; elsewhere it is ignored.
PREDICTABLE = (_LZW, *_DEFLATE, _LZMA)
_KNOWN = {UNCOMPRESSED, _LZW, JPEG, _PACKBITS, _LZMA, *FAX, *_DEFLATE}
# The codes that are registered, but not read here.
_UNSUPPORTED = {
    6: "JPEG of the old style",
    9: "JBIG (T.85)",
    10: "JBIG (T.43)",
    32766: "NeXT runs",
    32771: "fax rows in words",
    32809: "ThunderScan",
    32895: "IT8",
    32896: "IT8",
    32897: "IT8",
    32898: "IT8",
    32908: "Pixar runs",
    32909: "Pixar log",
    32947: "DCS",
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    33007: "JPEG of 12 bits",
    34661: "JBIG",
    34676: "SGI log",
    34677: "SGI log",
    34712: "JPEG 2000",
    34713: "Nikon's raw",
    34887: "LERC",
    34892: "lossy JPEG of DNG",
    34926: "Zstandard",
    34927: "WebP",
    34933: "PNG",
    34934: "JPEG XR",
    50000: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL of DNG",
    65000: "Kodak's raw",
}

_EARLY = "damaged or incomplete: a strip of it ends early"
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True)
class Coding:
    """How the samples of a strip or tile are stored."""

    compression: int
    bits: int
    samples: int
    order: str = "<"  # of bytes: that of the module struct
    predicted: bool = False
    reversed_bits: bool = False  # FillOrder 2: the first pixel is in the lowest bit
    fax_options: int = 0  # T4Options
    jpeg_tables: bytes = b""
    jpeg_is_ycbcr: bool = False
    subsampling: tuple[int, int] = (1, 1)

    def size(self, width: int, height: int) -> int:
        """Return the bytes of a strip or tile without compression."""
        across, down = self.subsampling
        if self.subsampling != (1, 1):
            return -(-width // across) * -(-height // down) * (across * down + 2)
        return (width * self.samples * self.bits + 7) // 8 * height


def check_compression(code: int) -> int:
    """Return the code of a compression that is read; raises PictureError for others."""
    if code in _KNOWN:
        return code
    name = _UNSUPPORTED.get(code, f"unknown (code {code})")
    raise unsupported(f"a TIFF whose compression is {name}")


def expand(data: bytes, width: int, height: int, coding: Coding) -> bytes:
    """Expand a strip or tile to `coding.size(width, height)` bytes; raises PictureError."""
    size = coding.size(width, height)
    if coding.reversed_bits and coding.compression != JPEG:
        data = data.translate(_REVERSED)
    if coding.compression == UNCOMPRESSED:
        expanded = data[:size]
    elif coding.compression == _PACKBITS:
        expanded = expand_packbits(data, size)
    elif coding.compression == _LZW:
        expanded = expand_lzw(data, size)
    elif coding.compression == JPEG:
        expanded = _expand_jpeg(data, width, height, coding)
    elif coding.compression in FAX:
        expanded = expand_fax(data, width, height, coding.compression, coding.fax_options)
    else:
        expanded = _expand_stream(data, size, coding.compression == _LZMA)
    if len(expanded) < size:
        raise PictureError(_EARLY)
    return expanded


def _expand_stream(data: bytes, size: int, is_lzma: bool) -> bytes:
    """Expand Deflate or LZMA to no more than `size` bytes, and see what stands behind them."""
    stream: Any = lzma.LZMADecompressor() if is_lzma else zlib.decompressobj()
    more = b""
    try:
        expanded = stream.decompress(data, size)
        if len(expanded) == size and not stream.eof:  # a checksum, or more than belongs here
            more = stream.decompress(b"" if is_lzma else stream.unconsumed_tail, 1)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise PictureError(BROKEN) from error
    if more:
        raise PictureError(BROKEN)
    return expanded


def _expand_jpeg(data: bytes, width: int, height: int, coding: Coding) -> bytes:
    """Decode a JPEG that shares its tables with others (TIFF Technical Note 2)."""
    if coding.samples not in (1, 3) or coding.bits != 8:
        raise unsupported(f"a TIFF of JPEG with {coding.samples} samples of {coding.bits} bits")
    if not data.startswith(b"\xff\xd8"):
        raise PictureError(BROKEN)
    # Adobe's marker tells whether the colours are YCbCr; without, decoders guess.
    told = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([int(coding.jpeg_is_ycbcr)])
    tables = coding.jpeg_tables[2:].removesuffix(b"\xff\xd9")
    whole = data[:2] + (told if coding.samples == 3 else b"") + tables + data[2:]
    header = read_header(io.BytesIO(whole))
    fits = header.width >= width and header.height >= height
    if not fits or header.width * header.height > 2 * width * height + 2**16:
        raise PictureError(BROKEN)
    if header.refusal:
        raise PictureError(header.refusal)
    decoded = decode(whole, header)
    if decoded.damage:
        raise PictureError(BROKEN)
    return decoded.pixels[:height, :width, ::-1][..., : coding.samples].tobytes()
