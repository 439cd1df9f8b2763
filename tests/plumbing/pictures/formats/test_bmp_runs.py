"""Run-length encoding in BMP files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.bmp_runs import expand_runs


def test_runs_of_4_bits_and_moves() -> None:
    # Five pixels 1 2 1 2 1; the next row; move by 1; 3 and 4 as they are, and 5; the end.
    data = bytes([5, 0x12, 0, 0, 0, 2, 1, 0, 0, 3, 0x34, 0x50, 0, 1])
    expected = [[1, 2, 1, 2, 1], [0, 3, 4, 5, 0]]
    assert expand_runs(data, 5, 2, 4).tolist() == expected
    for outside in (bytes([7, 0x12]), bytes([0, 2, 0, 9, 1, 1]), bytes([0, 5, 0x12])):
        with pytest.raises(PictureError, match="damaged"):
            expand_runs(outside, 5, 2, 4)


@given(st.binary(max_size=200), st.sampled_from([4, 8]))
def test_any_runs_fill_the_picture_or_are_damaged(data: bytes, bits: int) -> None:
    try:
        assert expand_runs(data, 6, 5, bits).shape == (5, 6)
    except PictureError as error:
        assert "damaged" in str(error)
