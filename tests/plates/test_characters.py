from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from plates.characters import LETTER_SHARE, CharacterPlaces
from plates.numbering import DIGITS, LETTERS

# A region's plates: nearly always an A, and few other letters.
KNOWN = ["京A12345"] * 40 + ["京A67890", "京BT0000", "京C1Z111"]
TEXTS = [*KNOWN, None, "京A123", "B12345", "京712345"]


def drawn(texts: list[str | None], place: int, count: int = 2000) -> list[tuple[int, int]]:
    places, rng = CharacterPlaces(texts), np.random.default_rng(0)
    return [places.draw(place, rng) for _ in range(count)]


def character(texts: list[str | None], number: int, place: int) -> str:
    text = texts[number]
    assert text is not None
    return text[place + 1]


@pytest.mark.parametrize("place", [0, 3])
def test_rare_characters_are_as_frequent_as_others(place: int) -> None:
    counts = Counter(character(TEXTS, *where) for where in drawn(TEXTS, place))
    letters = {c: n for c, n in counts.items() if c in LETTERS}
    digits = {c: n for c, n in counts.items() if c in DIGITS}
    assert set(letters) == set("ABCTZ")
    assert min(letters.values()) > 0.6 * max(letters.values())
    if place == 0:
        assert not digits
    else:
        assert set(digits) == set(DIGITS)


def test_plates_that_are_not_of_seven_characters_are_left_out() -> None:
    numbers = {number for place in range(6) for number, _ in drawn(TEXTS, place)}
    assert numbers <= set(range(len(KNOWN)))


def test_without_texts_letters_are_those_of_the_first_place() -> None:
    assert {place for _, place in drawn([None] * 5, 0)} == {0}
    places = Counter(place for _, place in drawn([None] * 5, 4))
    assert set(places) == set(range(6))
    assert places[0] == pytest.approx(LETTER_SHARE * 2000, rel=0.1)


def test_same_seed_same_places() -> None:
    assert drawn(TEXTS, 2, 20) == drawn(TEXTS, 2, 20)


def test_letters_are_as_frequent_in_a_place_as_they_are_there() -> None:
    texts: list[str | None] = ["京AT1234", "京BZX123"] * 200 + ["京AT12A4", "京B12345"] * 50
    letters = [
        np.mean([character(texts, *where) in LETTERS for where in drawn(texts, place)])
        for place in range(6)
    ]
    np.testing.assert_allclose(letters, [1, 0.9, 0.4, 0, 0.1, 0], atol=0.04)
