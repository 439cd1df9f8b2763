"""What a picture file says of itself before it is decoded: format, size and orientation.

Decoders believe a header before they read the pixels: a PNG of 48 kilobytes can claim 20000x20000
pixels and cost 1.2 gigabytes. So the claims are read here first. Only what is needed is read, by
seeking, so that the size of the file does not matter.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

from plumbing.pictures.tiff import (
    EXTRA_SAMPLES,
    HEIGHT,
    ORIENTATION,
    PHOTOMETRIC,
    SAMPLES,
    SIGNATURES,
    TILE_HEIGHT,
    TILE_WIDTH,
    WIDTH,
    HeaderError,
    read_exif_orientation,
    read_tags,
    unpack,
)

# The suffixes of each format that is read and written; the first is the usual one.
FORMATS = {
    "jpeg": (".jpg", ".jpeg"),
    "png": (".png",),
    "bmp": (".bmp",),
    "webp": (".webp",),
    "tiff": (".tif", ".tiff"),
}
SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)

SIGNATURE_BYTES = 16  # from the start of a file: enough to recognise every format

# Markers of JPEG frames, which hold the size (ITU-T T.81, table B.1): C0 to CF, but for the
# Huffman and arithmetic tables (C4, CC) and the reserved C8.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# JPEG markers that stand alone, without a length: TEM, restarts and the start of the image.
_JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_END, _JPEG_SCAN, _JPEG_APP1 = 0xD9, 0xDA, 0xE1
# How many stray bytes between two JPEG markers are skipped, as decoders do.
_JPEG_STRAY_BYTES = 65_536

# The chunks that make the picture of a PNG file.
_PNG_PICTURE = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})

# More chunks or segments than any sane file has.
_MOST_PARTS = 100_000


@dataclass(frozen=True)
class Header:
    """The claims of a picture file; width and height in pixels, as they are stored.

    `orientation` is that of EXIF (1 to 8, tag 0x0112). `decoded_pixels` is what a decoder holds at
    once: a TIFF of few pixels may come in one huge tile. `complete` tells that the file does not
    end too early, as far as that can be seen without decoding.

    What decoders keep to themselves: `transparent_grey` is the level, of `bits` bits, that a grey
    PNG declares transparent. TIFF files tell the `samples` of a pixel, that colours are
    `premultiplied`, that is, stored multiplied by their alpha, and that `white_is_zero`.
    """

    file_format: str
    width: int
    height: int
    orientation: int = 1
    decoded_pixels: int = 0
    complete: bool = True
    transparent_grey: int | None = None
    bits: int = 8
    samples: int | None = None
    premultiplied: bool = False
    white_is_zero: bool = False

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height in pixels once the orientation is obeyed."""
        if self.orientation >= 5:
            return self.height, self.width
        return self.width, self.height


def recognise(data: bytes) -> str | None:
    """Name the format by the file's first bytes: a key of FORMATS, or else None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"BM"):
        return "bmp"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(SIGNATURES):
        return "tiff"
    return None


def read_header(file: BinaryIO) -> Header:
    """Read the header of a picture file from its start.

    Raises HeaderError where it is none of FORMATS, is damaged, or leaves the size open.
    """
    file.seek(0)
    start = file.read(SIGNATURE_BYTES)
    if not start:
        raise HeaderError("the file is empty")
    file_format = recognise(start)
    if file_format is None:
        raise HeaderError(f"not a picture (no JPEG, PNG, BMP, WebP or TIFF){_foreign(start)}")
    try:
        header = _READERS[file_format](file)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # A place in the file was given that no file reaches.
        raise HeaderError("damaged: its header points nowhere") from error
    if min(header.width, header.height) < 1:
        raise HeaderError(f"damaged: its header claims {header.width}x{header.height} pixels")
    orientation = header.orientation if 1 <= header.orientation <= 8 else 1
    pixels = max(header.decoded_pixels, header.width * header.height)
    return replace(header, orientation=orientation, decoded_pixels=pixels)


def _foreign(start: bytes) -> str:
    """Name a kind of file that is often called .jpg or .png, to spare people the search."""
    kinds = {
        b"GIF8": "a GIF",
        b"ftyphei": "an HEIC",
        b"ftypmif1": "an HEIC",
        b"ftypavif": "an AVIF",
        b"%PDF": "a PDF",
        b"PK\x03\x04": "a ZIP file",
        b"<svg": "an SVG",
        b"<?xml": "XML",
        b"<!DOCTYPE": "HTML",
        b"<html": "HTML",
    }
    for sign, kind in kinds.items():
        if start.startswith(sign) or start[4:].startswith(sign):
            return f": it is {kind}"
    return ""


def _bmp(file: BinaryIO) -> Header:
    file.seek(14)
    (header_size,) = unpack(file, "<I")
    width, height = unpack(file, "<HH" if header_size == 12 else "<ii")
    return Header("bmp", abs(width), abs(height))  # a negative height: the top row comes first


def bare_png(data: bytes) -> bytes:
    """Leave out of a whole PNG file what does not make the picture.

    Decoders complain of harmless colour profiles, unpack texts and compose animations.
    """
    pieces = [data[:8]]
    place = 8
    while place < len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        name = data[place + 4 : place + 8]
        if name in _PNG_PICTURE:
            pieces.append(data[place:end])
        place = end if name != b"IEND" else len(data)
    return b"".join(pieces)


def _png(file: BinaryIO) -> Header:
    """Read the PNG header, and the other chunks as far as they matter (ISO/IEC 15948)."""
    file.seek(8)
    _, name, width, height, bits, colour_type = unpack(file, ">I4sIIBB")
    if name != b"IHDR":
        raise HeaderError("damaged: a PNG file without its header")
    header = Header("png", width, height, bits=bits)
    place = 8
    for _ in range(_MOST_PARTS):
        file.seek(place)
        chunk = file.read(8)
        length, name = int.from_bytes(chunk[:4], "big"), chunk[4:]
        if name == b"eXIf":
            header = replace(header, orientation=read_exif_orientation(file))
        elif name == b"tRNS" and colour_type == 0 and length == 2:
            header = replace(header, transparent_grey=int.from_bytes(file.read(2), "big"))
        elif name == b"IEND" or len(chunk) < 8:
            return replace(header, complete=len(file.read(4)) == 4)  # a checksum ends the file
        place += 12 + length
    raise HeaderError("damaged: it has too many parts")


def _webp(file: BinaryIO) -> Header:
    """Read the header of a WebP container (RFC 9649)."""
    file.seek(12)
    kind, _ = unpack(file, "<4sI")
    if kind == b"VP8 ":
        file.seek(26)
        width, height = unpack(file, "<HH")
        return Header("webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        file.seek(21)
        (bits,) = unpack(file, "<I")
        return Header("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind != b"VP8X":
        raise HeaderError("damaged: a WebP file without its header")
    flags, _, low, middle, high = unpack(file, "<B3sHHH")  # two numbers of 24 bits
    width, height = (low | (middle & 0xFF) << 16) + 1, (middle >> 8 | high << 8) + 1
    return Header("webp", width, height, _webp_orientation(file) if flags & 0x08 else 1)


def _webp_orientation(file: BinaryIO) -> int:
    place = 12
    for _ in range(_MOST_PARTS):
        file.seek(place)
        try:
            kind, length = unpack(file, "<4sI")
        except HeaderError:  # the end; what is missing, the decoder tells
            break
        if kind == b"EXIF":
            return read_exif_orientation(file)
        place += 8 + length + length % 2
    return 1


def _jpeg(file: BinaryIO) -> Header:
    """Read the marker segments up to the first scan (ITU-T T.81, annex B)."""
    file.seek(2)
    header = None
    orientation = 1
    for _ in range(_MOST_PARTS):
        try:
            marker = _next_marker(file)
            if marker in _JPEG_STANDALONE:
                continue
            if marker in (_JPEG_SCAN, _JPEG_END):
                break
            place = file.tell()
            (length,) = unpack(file, ">H")
            if marker in _JPEG_FRAMES:
                _, height, width = unpack(file, ">BHH")
                header = Header("jpeg", width, height)
            elif marker == _JPEG_APP1 and orientation == 1:
                orientation = read_exif_orientation(file)
            file.seek(place + length)
        except HeaderError:
            if header is None:
                raise
            header = replace(header, complete=False)
            break
    if header is None:
        raise HeaderError("damaged: a JPEG file without a picture")
    return replace(header, orientation=orientation)


def _next_marker(file: BinaryIO) -> int:
    """Read the next marker, past stray and fill bytes."""
    previous = 0
    for _ in range(_JPEG_STRAY_BYTES):
        (byte,) = unpack(file, "B")
        if previous == 0xFF and byte not in (0x00, 0xFF):
            return byte
        previous = byte
    raise HeaderError("damaged: a JPEG file with foreign bytes in its header")


def _tiff(file: BinaryIO) -> Header:
    tags = read_tags(file, 0)
    if not {WIDTH, HEIGHT} <= tags.keys():
        raise HeaderError("damaged: a TIFF file without the size of its picture")
    return Header(
        "tiff",
        tags[WIDTH],
        tags[HEIGHT],
        orientation=tags.get(ORIENTATION, 1),
        decoded_pixels=tags.get(TILE_WIDTH, 0) * tags.get(TILE_HEIGHT, 0),
        samples=tags.get(SAMPLES),
        premultiplied=tags.get(EXTRA_SAMPLES) == 1,
        white_is_zero=tags.get(PHOTOMETRIC) == 0,
    )


_READERS: dict[str, Callable[[BinaryIO], Header]] = {
    "jpeg": _jpeg,
    "png": _png,
    "bmp": _bmp,
    "webp": _webp,
    "tiff": _tiff,
}
