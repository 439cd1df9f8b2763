"""LZW and PackBits, against libtiff and against any bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.tiff.lzw import expand_lzw
from plumbing.pictures.formats.tiff.packbits import expand_packbits
from tests.helpers.tiff_files import strip_of


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=3000), st.integers(0, 3))
def test_lzw_of_libtiff(data: bytes, flat: int) -> None:
    data = data * 3 + bytes(flat * 1000)  # with long repetitions, too
    pixels = np.frombuffer(data, np.uint8)[None]
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "TIFF", compression="tiff_lzw")
    place, size = strip_of(stream.getvalue())
    stored = stream.getvalue()[place : place + size]
    assert expand_lzw(stored, len(data)) == data
    assert len(expand_lzw(stored[: size // 2], len(data))) < len(data)
    with pytest.raises(PictureError, match="damaged"):
        expand_lzw(stored + b"rubbish", len(data))


@given(st.binary(max_size=300), st.integers(0, 500))
def test_any_bytes_expand_to_no_more_than_asked_for(data: bytes, size: int) -> None:
    for expand in (expand_lzw, expand_packbits):
        try:
            assert len(expand(data, size)) <= size
        except PictureError as error:
            assert "damaged" in str(error) or "not supported" in str(error)
