"""TIFF files (TIFF 6.0, BigTIFF): the directory of the picture, and its strips or tiles.

Read here and not by OpenCV, which takes what it does not know for black, and damage for a picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np

from plumbing.pictures.errors import PictureError, unsupported
from plumbing.pictures.formats.header import Header
from plumbing.pictures.formats.line_ends import CHANGED_LINE_ENDS, line_ends_were_expanded
from plumbing.pictures.formats.tags import ORIENTATION, Directory, read_directories, read_directory
from plumbing.pictures.formats.tiff_colours import (
    CMYK,
    PALETTE,
    UNSUPPORTED_COLOURS,
    YCBCR,
    Colours,
    least_samples,
    to_bgr,
)
from plumbing.pictures.formats.tiff_compressions import (
    FAX,
    JPEG,
    PREDICTABLE,
    UNCOMPRESSED,
    Coding,
    check_compression,
    expand,
)
from plumbing.pictures.formats.tiff_samples import SAMPLE_FORMATS, take_samples, undo_prediction

# Tags (TIFF 6.0, sections 8, 15, 18 and after; SubIFDs: TIFF Technical Note 1).
_KIND, _OLD_KIND = 254, 255
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 256, 257, 258, 259, 262, 266
_STRIP_PLACES, _SAMPLES, _ROWS, _STRIP_BYTES, _PLANAR = 273, 277, 278, 279, 284
_FAX_OPTIONS, _PREDICTOR, _COLOUR_MAP = 292, 317, 320
_TILE_WIDTH, _TILE_HEIGHT, _TILE_PLACES, _TILE_BYTES = 322, 323, 324, 325
_SUB_DIRECTORIES, _INKS, _EXTRA_SAMPLES, _SAMPLE_FORMAT, _JPEG_TABLES = 330, 332, 338, 339, 347
_SUBSAMPLING = 530

_MOST_SAMPLES = 8  # so that a small file cannot take more memory than its pixels should


@dataclass(frozen=True)
class _Chunk:
    """A strip or a tile, of all samples or of one plane."""

    x: int
    y: int
    width: int  # as it is stored, which for tiles may be more than shows
    height: int
    place: int
    size: int | None  # bytes; None: not told


def read_header(file: BinaryIO) -> Header:
    """Read size and orientation. Raises PictureError."""
    directory = _find_picture(file)
    if not (_WIDTH in directory and _HEIGHT in directory):
        raise PictureError("damaged: a TIFF file without the size of its picture")
    return Header(
        "tiff",
        directory.value(_WIDTH, 0),
        directory.value(_HEIGHT, 0),
        orientation=directory.value(ORIENTATION, 1),
        decoded_pixels=directory.value(_TILE_WIDTH, 0) * directory.value(_TILE_HEIGHT, 0),
    )


def decode(data: bytes) -> np.ndarray:
    """Decode a whole file to uint8 BGR (H, W, 3), as it is stored, its transparency on white.

    Raises PictureError where it is damaged or not supported.
    """
    if line_ends_were_expanded(data):
        raise PictureError(CHANGED_LINE_ENDS)
    file = io.BytesIO(data)
    directory = _find_picture(file)
    coding = _read_coding(directory, file)
    colours = _read_colours(directory, file, coding)
    width, height = directory.value(_WIDTH, 0), directory.value(_HEIGHT, 0)
    separate = directory.value(_PLANAR, 1) == 2 and coding.samples > 1
    result = np.empty((height, width, 3), dtype=np.uint8)
    chunks = _read_chunks(directory, file, coding.samples if separate else 1)
    own = replace(coding, samples=1) if separate else coding
    together = coding.samples if separate else 1  # chunks that make one piece of the picture
    places = len(chunks) // together
    for index in range(places):
        planes = [
            _read_samples(data, chunks[index + plane * places], own) for plane in range(together)
        ]
        samples = np.concatenate(planes, axis=2) if separate else planes[0]
        chunk = chunks[index]
        area = result[chunk.y : chunk.y + chunk.height, chunk.x : chunk.x + chunk.width]
        area[:] = to_bgr(samples[: area.shape[0], : area.shape[1]], colours)
    return result


def _find_picture(file: BinaryIO) -> Directory:
    """Find the first directory that is neither a thumbnail nor a mask, else the first one."""
    first = None
    subordinate: list[int] = []
    for directory in read_directories(file):
        if first is None:
            first = directory
        if not _is_subordinate(directory):
            return directory
        subordinate.extend(directory.values(_SUB_DIRECTORIES, file)[:16])
    for place in subordinate:
        directory = read_directory(file, 0, place)
        if not _is_subordinate(directory):
            return directory
    if first is None:
        raise PictureError("damaged: a TIFF file without a directory")
    return first


def _is_subordinate(directory: Directory) -> bool:
    # Bit 0: a picture of less resolution; bit 2: a mask. The older tag says 2 for the former.
    return bool(directory.value(_KIND, 0) & 0b101) or directory.value(_OLD_KIND, 1) == 2


def _read_coding(directory: Directory, file: BinaryIO) -> Coding:
    samples = directory.value(_SAMPLES, 1)
    if samples < 1:
        raise PictureError(f"damaged: a TIFF file of {samples} samples a pixel")
    if samples > _MOST_SAMPLES:
        raise unsupported(f"a TIFF of {samples} samples a pixel")
    bits = set(directory.values(_BITS, file)[:samples]) or {1}
    formats = set(directory.values(_SAMPLE_FORMAT, file)[:samples]) or {1}
    photometric = directory.value(_PHOTOMETRIC, 1)
    if photometric in UNSUPPORTED_COLOURS:
        raise unsupported(f"a TIFF of {UNSUPPORTED_COLOURS[photometric]}")
    if len(bits) > 1 or len(formats) > 1:
        raise unsupported("a TIFF whose samples differ in kind")
    compression = check_compression(directory.value(_COMPRESSION, 1))
    (bit_count,), (sample_format,) = bits, formats
    if sample_format != 1 or not 1 <= bit_count <= 16:
        kind = SAMPLE_FORMATS.get(sample_format)
        if kind is None or bit_count > 128:
            raise PictureError(f"damaged: a TIFF file of {bit_count} bits a sample")
        raise unsupported(f"a TIFF whose pixels are {kind}{bit_count}")
    if compression in FAX and (bit_count, samples) != (1, 1):
        raise PictureError("damaged: a TIFF file of fax compression with more than black and white")
    predictor = directory.value(_PREDICTOR, 1)
    if predictor not in (1, 2) or (predictor == 2 and bit_count not in (8, 16)):
        raise unsupported(f"a TIFF of {bit_count} bits with predictor {predictor}")
    return Coding(
        compression=compression,
        bits=bit_count,
        samples=samples,
        order=directory.order,
        predicted=predictor == 2 and compression in PREDICTABLE,
        reversed_bits=directory.value(_FILL_ORDER, 1) == 2,
        fax_options=directory.value(_FAX_OPTIONS, 0),
        jpeg_tables=directory.bytes(_JPEG_TABLES, file),
        jpeg_is_ycbcr=photometric == YCBCR,
        subsampling=_read_subsampling(directory, file, photometric, compression),
    )


def _read_subsampling(
    directory: Directory, file: BinaryIO, photometric: int, compression: int
) -> tuple[int, int]:
    """Return how many luma samples, across and down, share their chroma."""
    if photometric != YCBCR or compression == JPEG:
        return 1, 1
    stored = directory.values(_SUBSAMPLING, file) or (2, 2)
    if len(stored) != 2 or not {*stored} <= {1, 2, 4}:
        raise PictureError("damaged: a TIFF file with odd subsampling of its chroma")
    if stored != (1, 1) and (
        directory.value(_PLANAR, 1) == 2
        or directory.value(_SAMPLES, 1) != 3
        or directory.values(_BITS, file) != (8, 8, 8)
        or directory.value(_PREDICTOR, 1) != 1
    ):
        raise unsupported("a TIFF of subsampled YCbCr that is not 8 bits in one plane")
    return stored[0], stored[1]


def _read_colours(directory: Directory, file: BinaryIO, coding: Coding) -> Colours:
    photometric = directory.value(_PHOTOMETRIC, 1)
    least = least_samples(photometric)
    if least is None:
        raise PictureError(f"damaged: a TIFF file with colours of kind {photometric}")
    if coding.samples < least:
        raise PictureError(f"damaged: a TIFF file of {coding.samples} samples a pixel")
    if photometric == CMYK and directory.value(_INKS, 1) != 1:
        raise unsupported("a TIFF of inks that are not CMYK")
    if photometric == CMYK and coding.compression == JPEG:
        raise unsupported("a TIFF of CMYK as JPEG")
    extra = directory.values(_EXTRA_SAMPLES, file)
    if not extra and coding.samples == least + 1 and photometric not in (CMYK, PALETTE):
        extra = (2,)  # OpenCV and others do not tell that they write alpha
    colour_map: tuple[int, ...] = ()
    if photometric == PALETTE:
        colour_map = directory.values(_COLOUR_MAP, file)
        if len(colour_map) != 3 * 2**coding.bits:
            raise PictureError("damaged: a TIFF file whose palette is not whole")
    # JPEG has made it RGB.
    made_rgb = photometric == YCBCR and coding.compression == JPEG
    return Colours(
        photometric=2 if made_rgb else photometric,
        bits=coding.bits,
        alpha=next((least + i for i, kind in enumerate(extra) if kind in (1, 2)), None),
        premultiplied=1 in extra,
        colour_map=np.array(colour_map, dtype=np.uint16).reshape(3, -1),
    )


def _read_chunks(directory: Directory, file: BinaryIO, planes: int) -> list[_Chunk]:
    """List the strips or tiles, plane by plane."""
    width, height = directory.value(_WIDTH, 0), directory.value(_HEIGHT, 0)
    tiled = _TILE_PLACES in directory or _TILE_WIDTH in directory
    if tiled:
        across, down = directory.value(_TILE_WIDTH, 0), directory.value(_TILE_HEIGHT, 0)
        # Some writers put the places of tiles where those of strips belong.
        places = directory.values(_TILE_PLACES, file) or directory.values(_STRIP_PLACES, file)
        sizes = directory.values(_TILE_BYTES, file) or directory.values(_STRIP_BYTES, file)
    else:
        across, down = width, min(directory.value(_ROWS, height), height)
        places = directory.values(_STRIP_PLACES, file)
        sizes = directory.values(_STRIP_BYTES, file)
    if across < 1 or down < 1:
        raise PictureError("damaged: a TIFF file with empty strips or tiles")
    if len(places) < planes * -(-width // across) * -(-height // down):
        raise PictureError("damaged: a TIFF file that lacks strips or tiles")
    corners = [(x, y) for y in range(0, height, down) for x in range(0, width, across)]
    chunks = []
    for index in range(planes * len(corners)):
        x, y = corners[index % len(corners)]
        rows = down if tiled else min(down, height - y)
        size = sizes[index] if index < len(sizes) else None
        if places[index] < 0:
            raise PictureError("damaged: its header points nowhere")
        chunks.append(_Chunk(x, y, across, rows, places[index], size))
    return chunks


def _read_samples(data: bytes, chunk: _Chunk, coding: Coding) -> np.ndarray:
    """Read the samples of a strip or tile: uint8 or uint16 (H, W, samples)."""
    end = len(data) if chunk.size is None else chunk.place + chunk.size
    stored = data[chunk.place : end]
    if end > len(data) and coding.compression != UNCOMPRESSED:
        raise PictureError("damaged or incomplete: a strip of it ends early")
    expanded = expand(stored, chunk.width, chunk.height, coding)
    samples = take_samples(expanded, chunk.width, chunk.height, coding)
    return undo_prediction(samples) if coding.predicted else samples
