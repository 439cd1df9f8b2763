from __future__ import annotations

import numpy as np
import pytest

from plumbing.pictures.frame import strips, to_frame


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


def test_strips_cover_a_large_picture_once() -> None:
    picture = np.zeros((3000, 1000), dtype=np.uint8)
    pieces = list(strips(picture))
    assert len(pieces) > 1
    for piece in pieces:
        picture[piece] += 1
    assert (picture == 1).all()
    assert [piece.start for piece in strips(np.zeros((2, 10**7, 3)))] == [0, 1]
