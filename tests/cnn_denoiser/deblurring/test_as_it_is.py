"""Which pictures need no deblurring."""

from __future__ import annotations

import cv2
import numpy as np

from cnn_denoiser.deblurring.as_it_is import readable_as_it_is
from cnn_denoiser.deblurring.reading import Reading, read
from plates.slots import CLASSES, SLOTS, encode
from tests.helpers.bursts import plate_frame


def reading(certainty: float) -> Reading:
    logits = np.zeros((1, SLOTS, CLASSES), np.float32)
    logits[0, range(SLOTS), encode("京A12345")] = certainty
    return read(logits)[0]


def test_a_sharp_picture_surely_read_needs_nothing() -> None:
    sharp = plate_frame(3)
    assert readable_as_it_is(sharp, sharp, reading(15.0))
    assert readable_as_it_is(sharp // 2 + 20, sharp, reading(15.0))  # paler


def test_a_shadow_that_deblurring_takes_away_makes_no_picture_unreadable() -> None:
    sharp = plate_frame(3)
    shadow = np.linspace(0.25, 1, sharp.shape[1])
    assert readable_as_it_is((sharp * shadow).astype(np.uint8), sharp, reading(15.0))


def test_a_blurred_picture_or_one_in_doubt_needs_it() -> None:
    sharp = plate_frame(3)
    assert not readable_as_it_is(cv2.GaussianBlur(sharp, (0, 0), 5), sharp, reading(15.0))
    for doubtful in (7.0, 6.0, 1.0):
        assert not readable_as_it_is(sharp, sharp, reading(doubtful))


def test_a_flat_picture_is_not_readable() -> None:
    flat = np.full((90, 270), 77, np.uint8)
    assert not readable_as_it_is(flat, flat, reading(15.0))
