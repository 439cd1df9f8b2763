"""What the directory of a TIFF file says of its picture: how it is coded, and what it means."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from plumbing.pictures.errors import PictureError, unsupported
from plumbing.pictures.formats.tags import Directory, read_directories, read_directory
from plumbing.pictures.formats.tiff.colours import (
    BLACK_IS_ZERO,
    CMYK,
    PALETTE,
    RGB,
    UNSUPPORTED_COLOURS,
    WHITE_IS_ZERO,
    YCBCR,
    Colours,
    least_samples,
)
from plumbing.pictures.formats.tiff.compressions import (
    FAX,
    JPEG,
    PREDICTABLE,
    Coding,
    check_compression,
)

# Tags (TIFF 6.0, sections 8, 15, 18 and after; SubIFDs: TIFF Technical Note 1).
_KIND, _OLD_KIND = 254, 255
WIDTH, HEIGHT = 256, 257
_BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _SAMPLES = 258, 259, 262, 266, 277
PLANAR = 284
_FAX_OPTIONS, _PREDICTOR, _COLOUR_MAP, _SUB_DIRECTORIES, _INKS = 292, 317, 320, 330, 332
_EXTRA_SAMPLES, _SAMPLE_FORMAT, _JPEG_TABLES, _SUBSAMPLING = 338, 339, 347, 530

_MOST_SAMPLES = 8  # so that a small file cannot take more memory than its pixels should

# SampleFormat (section 19).
_SAMPLE_FORMATS = {1: "uint", 2: "int", 3: "float", 4: "undefined", 5: "complex int", 6: "complex"}


def find_picture(file: BinaryIO) -> Directory:
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


def tell_others(file: BinaryIO, size: tuple[int, int]) -> str:
    """Say what pages there are beside that which is read, of this width and height; "" for none."""
    pages = [
        (directory.value(WIDTH, 0), directory.value(HEIGHT, 0))
        for directory in read_directories(file)
        if not _is_subordinate(directory)
    ]
    if len(pages) < 2:
        return ""
    largest = max(pages, key=lambda page: page[0] * page[1])
    told = f"it holds {len(pages)} pictures, of which only the first is read"
    if largest[0] * largest[1] > size[0] * size[1]:
        told += f" ({size[0]}x{size[1]}; the largest has {largest[0]}x{largest[1]})"
    return told


def _is_subordinate(directory: Directory) -> bool:
    # Bit 0: a picture of less resolution; bit 2: a mask. The older tag says 2 for the former.
    return bool(directory.value(_KIND, 0) & 0b101) or directory.value(_OLD_KIND, 1) == 2


def read_coding(directory: Directory, file: BinaryIO) -> Coding:
    """Read how the samples are stored. Raises PictureError for what is not supported."""
    samples = directory.value(_SAMPLES, 1)
    if samples < 1:
        raise PictureError(f"damaged: a TIFF file of {samples} samples a pixel")
    if samples > _MOST_SAMPLES:
        raise unsupported(f"a TIFF of {samples} samples a pixel")
    bits = set(directory.values(_BITS, file)[:samples]) or {1}
    formats = set(directory.values(_SAMPLE_FORMAT, file)[:samples]) or {1}
    photometric = _read_photometric(directory)
    if photometric in UNSUPPORTED_COLOURS:
        raise unsupported(f"a TIFF of {UNSUPPORTED_COLOURS[photometric]}")
    if len(bits) > 1 or len(formats) > 1:
        raise unsupported("a TIFF whose samples differ in kind")
    compression = check_compression(directory.value(_COMPRESSION, 1))
    (bit_count,), (sample_format,) = bits, formats
    if sample_format != 1 or not 1 <= bit_count <= 16:
        kind = _SAMPLE_FORMATS.get(sample_format)
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


def _read_photometric(directory: Directory) -> int:
    """Return the kind of colours; where a file does not tell, what libtiff takes it for."""
    if directory.value(_SAMPLES, 1) >= 3:
        usual = RGB
    else:
        usual = WHITE_IS_ZERO if directory.value(_COMPRESSION, 1) in FAX else BLACK_IS_ZERO
    return directory.value(_PHOTOMETRIC, usual)


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
        directory.value(PLANAR, 1) == 2
        or directory.value(_SAMPLES, 1) != 3
        or directory.values(_BITS, file) != (8, 8, 8)
        or directory.value(_PREDICTOR, 1) != 1
    ):
        raise unsupported("a TIFF of subsampled YCbCr that is not 8 bits in one plane")
    return stored[0], stored[1]


def read_colours(directory: Directory, file: BinaryIO, coding: Coding) -> Colours:
    """Read what the samples mean. Raises PictureError for what is not supported."""
    photometric = _read_photometric(directory)
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
    if photometric == YCBCR and coding.compression == JPEG:
        photometric = RGB  # which the decoder of JPEG has made of it
    return Colours(
        photometric=photometric,
        bits=coding.bits,
        alpha=next((least + i for i, kind in enumerate(extra) if kind in (1, 2)), None),
        premultiplied=1 in extra,
        colour_map=np.array(colour_map, dtype=np.uint16).reshape(3, -1),
    )
