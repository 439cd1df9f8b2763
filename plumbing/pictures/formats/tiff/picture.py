"""The size of the picture in a TIFF file, and its strips or tiles.

Read here and not by OpenCV, which takes what it does not know for black, and damage for a picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.header import Header
from plumbing.pictures.formats.line_ends import CHANGED_LINE_ENDS, line_ends_were_expanded
from plumbing.pictures.formats.tags import ORIENTATION, Directory
from plumbing.pictures.formats.tiff.colours import to_bgr
from plumbing.pictures.formats.tiff.compressions import UNCOMPRESSED, Coding, expand
from plumbing.pictures.formats.tiff.layout import (
    HEIGHT,
    PLANAR,
    WIDTH,
    find_picture,
    read_coding,
    read_colours,
    tell_others,
)
from plumbing.pictures.formats.tiff.samples import take_samples, undo_prediction

# Tags (TIFF 6.0, sections 8 and 15).
_STRIP_PLACES, _ROWS, _STRIP_BYTES = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_PLACES, _TILE_BYTES = 322, 323, 324, 325


@dataclass(frozen=True)
class _Chunk:
    """A strip or a tile, of all samples or of one plane."""

    x: int
    y: int
    width: int  # as it is stored, which for tiles may be more than shows
    height: int
    full_height: int  # of all strips but the last
    place: int
    size: int | None  # bytes; None: not told


def read_header(file: BinaryIO) -> Header:
    """Read size and orientation. Raises PictureError."""
    directory = find_picture(file)
    if not (WIDTH in directory and HEIGHT in directory):
        raise PictureError("damaged: a TIFF file without the size of its picture")
    width, height = directory.value(WIDTH, 0), directory.value(HEIGHT, 0)
    return Header(
        "tiff",
        width,
        height,
        orientation=directory.value(ORIENTATION, 1),
        decoded_pixels=directory.value(_TILE_WIDTH, 0) * directory.value(_TILE_HEIGHT, 0),
        others=tell_others(file, (width, height)),
    )


def decode(data: bytes) -> np.ndarray:
    """Decode a whole file to uint8 BGR (H, W, 3), as it is stored, its transparency on white.

    Raises PictureError where it is damaged or not supported.
    """
    if line_ends_were_expanded(data):
        raise PictureError(CHANGED_LINE_ENDS)
    file = io.BytesIO(data)
    directory = find_picture(file)
    coding = read_coding(directory, file)
    colours = read_colours(directory, file, coding)
    width, height = directory.value(WIDTH, 0), directory.value(HEIGHT, 0)
    separate = directory.value(PLANAR, 1) == 2 and coding.samples > 1
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


def _read_chunks(directory: Directory, file: BinaryIO, planes: int) -> list[_Chunk]:
    """List the strips or tiles, plane by plane."""
    width, height = directory.value(WIDTH, 0), directory.value(HEIGHT, 0)
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
        chunks.append(_Chunk(x, y, across, rows, down, places[index], size))
    return chunks


def _read_samples(data: bytes, chunk: _Chunk, coding: Coding) -> np.ndarray:
    """Read the samples of a strip or tile: uint8 or uint16 (H, W, samples)."""
    end = len(data) if chunk.size is None else chunk.place + chunk.size
    stored = data[chunk.place : end]
    if end > len(data) and coding.compression != UNCOMPRESSED:
        raise PictureError("damaged or incomplete: a strip of it ends early")
    height = chunk.height
    try:
        expanded = expand(stored, chunk.width, height, coding)
    except PictureError:
        if chunk.height == chunk.full_height:
            raise
        height = chunk.full_height  # some writers fill up the last strip
        expanded = expand(stored, chunk.width, height, coding)
    samples = take_samples(expanded, chunk.width, height, coding)
    return undo_prediction(samples) if coding.predicted else samples
