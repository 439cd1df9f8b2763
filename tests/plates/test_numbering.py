from __future__ import annotations

import re

import numpy as np
import pytest

from plates import KINDS
from plates.numbering import LETTERS, PROVINCES, draw_text, ground_colour

OFFICE = f"[{PROVINCES}][{LETTERS}]"
PLACE = f"[{LETTERS}0-9]"
RULES = {
    "blue": rf"{OFFICE}{PLACE}{{5}}",
    "yellow": rf"{OFFICE}{PLACE}{{4}}(?:{PLACE}|学|挂)",
    "yellow_two_rows": rf"{OFFICE}{PLACE}{{4}}(?:{PLACE}|学|挂)",
    "green": rf"{OFFICE}(?:[A-HJK]{PLACE}\d{{4}}|\d{{5}}[DF])",
    "white": rf"{OFFICE}{PLACE}{{4}}警",
    "black": rf"{OFFICE}{PLACE}{{4}}领|粤Z{PLACE}{{4}}[港澳]|使\d{{6}}",
}


def texts(kind: str, count: int = 600) -> list[str]:
    rng = np.random.default_rng(5)
    return [draw_text(rng, kind) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_texts_follow_the_rule_of_their_kind(kind: str) -> None:
    for text in texts(kind):
        assert re.fullmatch(RULES[kind], text), text


@pytest.mark.parametrize("kind", ["blue", "yellow", "yellow_two_rows", "white"])
def test_at_most_two_letters_after_the_office(kind: str) -> None:
    letters = [sum(character in LETTERS for character in text[2:]) for text in texts(kind)]
    assert set(letters) == {0, 1, 2}


def test_two_rows_are_yellow_and_each_other_kind_is_called_by_its_colour() -> None:
    colours = {kind: ground_colour(kind) for kind in KINDS}
    assert colours.pop("yellow_two_rows") == "yellow"
    assert all(kind == colour for kind, colour in colours.items())


def test_there_are_31_provinces_and_no_letters_i_and_o() -> None:
    assert len(set(PROVINCES)) == 31
    assert len(set(LETTERS)) == 24
    assert not set(LETTERS) & set("IO")


def test_all_characters_and_endings_occur() -> None:
    seen = {character for kind in KINDS for text in texts(kind) for character in text}
    assert seen == set(PROVINCES + LETTERS + "0123456789" + "学挂警使领港澳")


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'purple'.*blue, yellow, green, white, black"):
        draw_text(np.random.default_rng(0), "purple")
