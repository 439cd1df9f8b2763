"""PNG files (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from typing import BinaryIO

import cv2
import numpy as np

from plumbing.pictures.errors import INCOMPLETE, PictureError, unsupported
from plumbing.pictures.formats.header import ANIMATION, MOST_PARTS, Header, unpack
from plumbing.pictures.formats.pixels import decode_with_opencv, to_bgr
from plumbing.pictures.formats.tags import read_exif_orientation

# The chunks that make the picture.
_PICTURE = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_CHANNELS = {2: 3, 4: 2, 6: 4}  # of each colour type; the others have one
# Pixels that are compressed better than this many times may be none at all, and are looked at.
_USUAL_RATIO = 20


def read_header(file: BinaryIO) -> Header:
    """Read the first chunk, and the others as far as they matter. Raises PictureError."""
    file.seek(8)
    _, name, width, height, bits, colour_type = unpack(file, ">I4sIIBB")
    if name == b"CgBI":
        raise unsupported("a PNG that Apple's tools have packed for iOS (CgBI)")
    if name != b"IHDR":
        raise PictureError("damaged: a PNG file without its header")
    header = Header("png", width, height, bits=bits)
    place = 8
    for _ in range(MOST_PARTS):
        file.seek(place)
        chunk = file.read(8)
        length, name = int.from_bytes(chunk[:4], "big"), chunk[4:]
        if name == b"eXIf":
            header = replace(header, orientation=read_exif_orientation(file) or 1)
        elif name == b"tRNS" and colour_type == 0 and length == 2:
            header = replace(header, transparent_grey=int.from_bytes(file.read(2), "big"))
        elif name == b"acTL":
            header = replace(header, others=ANIMATION)
        elif name == b"IEND" or len(chunk) < 8:
            ends = len(file.read(4)) == 4  # a checksum ends the file
            return header if ends else replace(header, refusal=INCOMPLETE)
        place += 12 + length
    raise PictureError("damaged: it has too many parts")


def decode(data: bytes, header: Header) -> np.ndarray:
    """Decode a whole file to uint8 BGR (H, W, 3), its transparency on white.

    Raises PictureError.
    """
    picture = decode_with_opencv(_without_ancillary_chunks(data))
    if header.transparent_grey is not None and picture.ndim == 2:
        # The decoder has scaled levels of fewer than 8 bits up to 8, and drops the transparency.
        scale = 255 // (2**header.bits - 1) if header.bits < 8 else 1
        picture[picture == header.transparent_grey * scale] = np.iinfo(picture.dtype).max
    if picture.dtype == np.uint16:
        picture = cv2.convertScaleAbs(picture, alpha=255 / 65535)  # rounds
    return to_bgr(picture)


def _without_ancillary_chunks(data: bytes) -> bytes:
    """Leave out what does not make the picture, and check what does.

    The decoder complains of harmless colour profiles, unpacks texts, composes animations, and
    writes to stderr where a checksum is wrong or pixels are missing. Raises PictureError then.
    """
    pieces = [data[:8]]
    place = 8
    while place < len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        name = data[place + 4 : place + 8]
        if name in _PICTURE:
            if zlib.crc32(data[place + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
                raise PictureError(INCOMPLETE)
            pieces.append(data[place:end])
        place = end if name != b"IEND" else len(data)
    _check_amount([piece[8:-4] for piece in pieces[1:] if piece[4:8] == b"IDAT"], data)
    return b"".join(pieces)


def _check_amount(streams: list[bytes], data: bytes) -> None:
    """Check that the compressed pixels are no fewer than there should be; see _USUAL_RATIO."""
    width, height, bits, colour_type, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    row = (width * bits * _CHANNELS.get(colour_type, 1) + 7) // 8
    size = height * (row + (not interlaced))  # without interlacing, a filter begins each row
    if size < _USUAL_RATIO * sum(map(len, streams)):
        return
    try:
        enough = len(zlib.decompressobj().decompress(b"".join(streams), size)) >= size
    except zlib.error:
        enough = False
    if not enough:
        raise PictureError(INCOMPLETE)
