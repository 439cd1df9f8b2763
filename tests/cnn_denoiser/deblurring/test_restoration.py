from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cnn_denoiser.deblurring.restoration import has_colours, restore


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(int)


@pytest.mark.parametrize("shape", [(29, 60, 3), (90, 270, 3), (200, 900, 3), (1, 1, 3)])
@pytest.mark.parametrize("colour", [False, True])
def test_size_and_colour_are_given_back(shape: tuple[int, int, int], colour: bool) -> None:
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (90, 270), dtype=np.uint8)
    source = rng.integers(0, 256, shape, dtype=np.uint8)
    channels = (3,) if colour else ()
    colours = source if colour else None
    kept = restore(frame, 270, 90, colours)
    assert kept.shape == (90, 270, *channels)
    assert restore(frame, shape[1], shape[0], colours).shape == (*shape[:2], *channels)
    assert kept.dtype == np.uint8
    if not colour:
        assert np.array_equal(kept, frame)


@given(
    arrays(np.uint8, (90, 270), elements=st.integers(0, 255)),
    arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3))),
    st.sampled_from([(270, 90), (40, 13), (300, 120)]),
)
def test_colour_leaves_the_luma_as_it_is(
    frame: np.ndarray, source: np.ndarray, size: tuple[int, int]
) -> None:
    coloured = restore(frame, *size, source)
    plain = restore(frame, *size)
    assert np.abs(grey(coloured) - plain).max() <= 1


def test_colour_is_that_of_the_source() -> None:
    # White and black text on a blue plate, in a frame that is right, and a source without text.
    frame = np.full((90, 270), 60, dtype=np.uint8)
    frame[:, 50:80], frame[:, 150:180] = 255, 0
    source = np.full((90, 270, 3), (180, 60, 20), dtype=np.uint8)
    coloured = restore(frame, 270, 90, source).astype(int)
    assert (coloured[:, 50:80] == 255).all()
    assert (coloured[:, 150:180] == 0).all()
    plate = coloured[0, 0] - grey(coloured.astype(np.uint8))[0, 0]
    assert np.abs(plate - (source[0, 0].astype(int) - grey(source)[0, 0])).max() <= 2
    uncoloured = np.repeat(source[..., 1:2], 3, axis=2)
    assert np.ptp(restore(frame, 270, 90, uncoloured), axis=2).max() == 0
    assert np.array_equal(restore(frame, 270, 90, uncoloured[..., 0]), frame)


def test_colour_fringes_go() -> None:
    # Chroma that alternates from column to column, as no plate's does.
    source = np.full((90, 270, 3), (150, 100, 100), np.uint8)
    source[:, ::2] = (100, 100, 150)
    coloured = restore(np.full((90, 270), 120, np.uint8), 270, 90, source).astype(int)
    assert np.ptp(coloured, axis=1).max() <= 3


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (5, 2), (2000, 700)])
def test_pictures_of_any_size_are_coloured(size: tuple[int, int]) -> None:
    frame = np.full((90, 270), 120, np.uint8)
    source = np.full((*size, 3), (150, 100, 90), np.uint8)
    coloured = restore(frame, size[1], size[0], source)
    assert coloured.shape == source.shape and np.ptp(coloured.reshape(-1, 3), axis=0).max() == 0


def test_a_picture_has_colours_where_one_pixel_does() -> None:
    picture = np.full((20, 60, 3), 90, np.uint8)
    assert not has_colours(picture)
    for channel in range(3):
        coloured = picture.copy()
        coloured[3, 50, channel] += 1
        assert has_colours(coloured)
