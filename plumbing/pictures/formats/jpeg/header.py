"""The header of a JPEG file: the marker segments up to its first scan (ITU-T T.81, annex B)."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from plumbing.pictures.errors import INCOMPLETE, PictureError, unsupported
from plumbing.pictures.formats.header import MOST_PARTS, Header, unpack
from plumbing.pictures.formats.tags import read_exif_orientation

# Markers of frames, which hold the size (T.81, table B.1; T.87 for JPEG-LS): C0 to CF, but for the
# Huffman and arithmetic tables (C4, CC) and the reserved C8.
_FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_LOSSLESS = frozenset({0xC3, 0xCB})
_HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF})
_JPEG_LS = 0xF7
# Markers that stand alone, without a length: TEM, restarts and the start of the image.
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_END, _SCAN, _APP1 = 0xD9, 0xDA, 0xE1
_HEIGHT_LATER = b"\xff\xdc\0\4"  # DNL, which gives the number of lines behind the first scan
_SCAN_BYTES = 2**26  # as far as DNL is looked for
# How many stray bytes between two markers are skipped, as decoders do.
_STRAY_BYTES = 65_536


def read_header(file: BinaryIO) -> Header:
    """Read size, orientation and kind. Raises PictureError."""
    file.seek(2)
    header = None
    orientation: int | None = None
    for _ in range(MOST_PARTS):
        try:
            marker = _next_marker(file)
            if marker in _STANDALONE:
                continue
            if marker in (_SCAN, _END):
                break
            place = file.tell()
            (length,) = unpack(file, ">H")
            if marker in _FRAMES and header is None:
                header = _read_frame(file, marker)
            elif marker == _APP1 and orientation is None:  # of several EXIF blocks the first counts
                orientation = read_exif_orientation(file)
            file.seek(place + length)
        except PictureError:
            if header is None:
                raise
            header = replace(header, refusal=header.refusal or INCOMPLETE)
            break
    if header is None:
        raise PictureError("damaged: a JPEG file without a picture")
    if header.height == 0 and _HEIGHT_LATER in file.read(_SCAN_BYTES):
        raise unsupported("a JPEG that gives its height behind its picture (DNL)")
    return replace(header, orientation=orientation or 1)


def _read_frame(file: BinaryIO, marker: int) -> Header:
    bits, height, width, components = unpack(file, ">BHHB")
    kind = ""
    if marker == _JPEG_LS:
        kind = "a JPEG-LS"
    elif marker in _LOSSLESS:
        kind = f"a lossless JPEG of {bits} bits"
    elif marker in _HIERARCHICAL:
        kind = "a hierarchical JPEG"
    elif bits == 12:
        kind = "a JPEG of 12 bits"
    elif bits != 8:
        return Header("jpeg", width, height, refusal=f"damaged: a JPEG file of {bits} bits")
    elif components not in (1, 3, 4):
        kind = f"a JPEG of {components} components"
    return Header("jpeg", width, height, refusal=str(unsupported(kind)) if kind else "")


def _next_marker(file: BinaryIO) -> int:
    """Read the next marker, past stray and fill bytes."""
    previous = 0
    for _ in range(_STRAY_BYTES):
        (byte,) = unpack(file, "B")
        if previous == 0xFF and byte not in (0x00, 0xFF):
            return byte
        previous = byte
    raise PictureError("damaged: a JPEG file with foreign bytes in its header")
