from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from plates import KINDS, draw_alike_plates, draw_plate
from plates.alike import ALIKE, draw_alike_texts, is_possible
from plates.numbering import draw_text


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_is_possible(kind: str) -> None:
    rng = np.random.default_rng(0)
    assert all(is_possible(draw_text(rng, kind), kind) for _ in range(300))


@pytest.mark.parametrize(
    ("text", "kind"),
    [("京A123456", "blue"), ("京012345", "blue"), ("京AABC12", "blue"), ("京AI2345", "blue"),
     ("京A12345警", "blue"), ("京AA1B234", "green"), ("使A12345", "black")],
)  # fmt: skip
def test_what_no_plate_says_is_not_possible(text: str, kind: str) -> None:
    assert not is_possible(text, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_two_texts_differ_in_one_character_that_looks_alike(kind: str) -> None:
    rng = np.random.default_rng(1)
    places: Counter[int] = Counter()
    pairs: Counter[frozenset[str]] = Counter()
    for _ in range(600):
        first, second = draw_alike_texts(rng, draw_text(rng, kind), kind)
        assert is_possible(first, kind) and is_possible(second, kind)
        different = [i for i, two in enumerate(zip(first, second, strict=True)) if len({*two}) > 1]
        assert len(different) == 1
        two = frozenset({first[different[0]], second[different[0]]})
        assert any(two <= set(group) for group in ALIKE)
        places[different[0]] += 1
        pairs[two] += 1
    assert 0 not in places and len(places) >= 4
    assert min(places.values()) > 0.5 * 600 / len(places) or kind in ("black", "green")
    assert len(pairs) > 5


def test_the_pictures_differ_where_that_character_stands_alone() -> None:
    for seed in range(8):
        (first, text), (second, other) = draw_alike_plates(np.random.default_rng(seed), "blue")
        assert first.shape == second.shape
        changed = (first != second).any(axis=(0, 2))
        assert 0 < changed.sum() < 0.2 * len(changed)
        place = next(i for i in range(7) if text[i] != other[i])
        expected = (15, 72, 151, 208, 265, 322, 379)[place] + 22
        found = np.flatnonzero(changed).mean() / len(changed) * 440
        assert found == pytest.approx(expected, abs=25)


def test_a_seed_gives_the_same_plates_and_other_draws_stay_as_they_were() -> None:
    once, again = (draw_alike_plates(np.random.default_rng(5)) for _ in range(2))
    for (picture, text), (same, same_text) in zip(once, again, strict=True):
        assert text == same_text
        np.testing.assert_array_equal(picture, same)
    rng = np.random.default_rng(5)
    draw_alike_plates(rng)
    follower = np.random.default_rng(5)
    draw_alike_plates(follower)
    assert draw_plate(rng)[1] == draw_plate(follower)[1]
