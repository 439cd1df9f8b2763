from __future__ import annotations

import numpy as np
import pytest

from cnn_denoiser.evaluation.plate_colour import COLOURS, recognise_colour
from plates import KINDS, draw_plate, ground_colour

LEAST_KNOWN = {"blue": 0.8, "yellow": 0.8, "green": 0.7, "white": 0.5, "black": 0.5}


def test_every_kind_of_plate_has_a_colour() -> None:
    assert set(COLOURS) == {ground_colour(kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_most_drawn_plates_are_recognised_in_spite_of_casts(kind: str) -> None:
    rng = np.random.default_rng(1)
    plates = [draw_plate(rng, kind)[0] for _ in range(30)]
    known = [recognise_colour(plate) == ground_colour(kind) for plate in plates]
    assert np.mean(known) >= LEAST_KNOWN[ground_colour(kind)]


def test_what_stands_around_the_plate_does_not_matter() -> None:
    picture = np.full((60, 180, 3), (0, 0, 200), np.uint8)  # a red car
    picture[15:45, 10:170] = (150, 60, 20)
    assert recognise_colour(picture) == "blue"


def test_a_grey_picture_tells_no_colour() -> None:
    assert recognise_colour(np.full((90, 270), 90, np.uint8)) is None
    assert recognise_colour(np.full((90, 270, 3), 90, np.uint8)) is None
