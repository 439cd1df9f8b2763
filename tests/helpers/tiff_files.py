"""TIFF files, written by tifffile and Pillow."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import tifffile
from PIL import Image

HEIGHT, WIDTH = 37, 53


def smooth(channels: int = 3) -> np.ndarray:
    noise = np.random.default_rng(5).uniform(0, 1, (HEIGHT, WIDTH, channels)).astype(np.float32)
    picture = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)
    return picture.astype(np.uint8).reshape(HEIGHT, WIDTH, channels)


RGB = smooth()
BGR = RGB[..., ::-1]


def write(pixels: np.ndarray, **options: object) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **options)
    return stream.getvalue()


def save(mode: str, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(RGB).convert(mode).save(stream, "TIFF", **options)
    return stream.getvalue()


def set_tag(data: bytes, tag: int, value: int, put: int | None = None) -> bytes:
    """Set a number in the first directory of a little-endian file, or put another tag there."""
    changed = bytearray(data)
    (directory,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, directory)
    for entry in range(directory + 2, directory + 2 + 12 * entries, 12):
        if struct.unpack_from("<H", data, entry)[0] == tag:
            struct.pack_into("<HHII", changed, entry, put or tag, 4, 1, value)
            return bytes(changed)
    raise KeyError(tag)


def strip_of(data: bytes) -> tuple[int, int]:
    with tifffile.TiffFile(io.BytesIO(data)) as opened:
        return opened.pages[0].dataoffsets[0], opened.pages[0].databytecounts[0]
