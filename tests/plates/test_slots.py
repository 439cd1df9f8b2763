from __future__ import annotations

import numpy as np
import pytest

from plates import KINDS, draw_plate
from plates.slots import CLASSES, EMPTY, SLOTS, UNKNOWN, decode, encode


@pytest.mark.parametrize("kind", KINDS)
def test_every_plate_that_is_drawn_has_its_places(kind: str) -> None:
    for seed in range(5):
        _, text = draw_plate(np.random.default_rng(seed), kind)
        classes = encode(text)
        assert (classes.shape, classes.dtype) == ((SLOTS,), np.int8)
        assert classes.max() < CLASSES
        assert UNKNOWN not in classes
        assert decode(classes) == text


def test_what_is_not_known_has_no_class() -> None:
    assert encode("京A1?345").tolist()[3] == UNKNOWN
    assert encode("京A1?345").tolist()[7] == EMPTY
    assert (encode(None) == UNKNOWN).all()
    assert (encode("京A12345678") == UNKNOWN).all()
    assert encode("京I")[1] == UNKNOWN  # no plate has this letter
    assert decode(encode("?A?")) == "?A?"


def test_all_characters_have_classes_of_their_own() -> None:
    characters = [decode(np.array([number])) for number in range(1, CLASSES)]
    assert len(set(characters)) == CLASSES - 1
    assert [encode(character)[0] for character in characters] == list(range(1, CLASSES))
