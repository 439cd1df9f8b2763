from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cnn_denoiser.frames import (
    from_network,
    restore,
    sharpness,
    strips,
    to_frame,
    to_network,
)


@pytest.mark.parametrize("shape", [(29, 60), (29, 60, 3), (90, 270), (1080, 1920, 3), (1, 1, 3)])
def test_every_picture_becomes_a_grey_frame(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    frame = to_frame(picture)
    assert frame.shape == (90, 270)
    assert frame.dtype == np.uint8


def test_colours_weigh_as_the_eye_sees_them() -> None:
    greys = [
        to_frame(np.full((9, 9, 3), colour, dtype=np.uint8))[0, 0] for colour in np.eye(3) * 255
    ]
    assert greys == [29, 150, 76]  # blue, green, red: 0.114, 0.587, 0.299


def test_shrinking_averages_and_does_not_alias() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 2700), dtype=np.uint8)
    frame = to_frame(noise)
    # The mean of 10x10 independent pixels varies a tenth as much as one of them.
    assert 0.09 < frame.std() / noise.std() < 0.11


def test_frames_survive_the_way_to_the_network_and_back() -> None:
    frames = np.resize(np.arange(256, dtype=np.uint8), (2, 90, 270))
    array = to_network(frames)
    assert array.shape == (2, 90, 270, 1)
    assert array.dtype == np.float32
    assert (array.min(), array.max()) == (-1, 1)
    assert np.array_equal(from_network(array), frames)


def test_values_outside_the_range_are_clipped() -> None:
    array = np.array([-7.0, 7.0], dtype=np.float32).reshape(1, 1, 2, 1)
    assert from_network(array).tolist() == [[[0, 255]]]


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(int)


@pytest.mark.parametrize("shape", [(29, 60, 3), (90, 270, 3), (200, 900, 3), (1, 1, 3)])
@pytest.mark.parametrize("colour", [False, True])
def test_size_and_colour_are_given_back(shape: tuple[int, int, int], colour: bool) -> None:
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (90, 270), dtype=np.uint8)
    source = rng.integers(0, 256, shape, dtype=np.uint8)
    channels = (3,) if colour else ()
    kept = restore(frame, source, size="model", colour=colour)
    assert kept.shape == (90, 270, *channels)
    assert restore(frame, source, size="source", colour=colour).shape == (*shape[:2], *channels)
    assert kept.dtype == np.uint8
    if not colour:
        assert np.array_equal(kept, frame)


@given(
    arrays(np.uint8, (90, 270), elements=st.integers(0, 255)),
    arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3))),
    st.sampled_from(["model", "source"]),
)
def test_colour_leaves_the_luma_as_it_is(frame: np.ndarray, source: np.ndarray, size: str) -> None:
    coloured = restore(frame, source, size=size, colour=True)
    plain = restore(frame, source, size=size, colour=False)
    assert np.abs(grey(coloured) - plain).max() <= 1


def test_colour_is_that_of_the_source() -> None:
    # White and black text on a blue plate, in a frame that is right, and a source without text.
    frame = np.full((90, 270), 60, dtype=np.uint8)
    frame[:, 50:80], frame[:, 150:180] = 255, 0
    source = np.full((90, 270, 3), (180, 60, 20), dtype=np.uint8)
    coloured = restore(frame, source, size="model", colour=True).astype(int)
    assert (coloured[:, 50:80] == 255).all()
    assert (coloured[:, 150:180] == 0).all()
    plate = coloured[0, 0] - grey(coloured.astype(np.uint8))[0, 0]
    assert np.abs(plate - (source[0, 0].astype(int) - grey(source)[0, 0])).max() <= 2
    uncoloured = np.repeat(source[..., 1:2], 3, axis=2)
    assert np.ptp(restore(frame, uncoloured, size="model", colour=True), axis=2).max() == 0


def test_strips_cover_a_large_picture_once() -> None:
    picture = np.zeros((3000, 1000), dtype=np.uint8)
    pieces = list(strips(picture))
    assert len(pieces) > 1
    for piece in pieces:
        picture[piece] += 1
    assert (picture == 1).all()
    assert [piece.start for piece in strips(np.zeros((2, 10**7, 3)))] == [0, 1]


def test_blur_lowers_the_sharpness() -> None:
    edge = np.zeros((90, 270), dtype=np.uint8)
    edge[:, 100:] = 200
    figures = [sharpness(cv2.GaussianBlur(edge, (0, 0), sigma)) for sigma in (0.3, 1, 2, 4)]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > 10 * figures[-1]
    assert sharpness(np.full((90, 270), 77, dtype=np.uint8)) == 0
