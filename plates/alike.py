"""Characters that look alike under blur, and texts that differ in one of them alone."""

from __future__ import annotations

import itertools
import re

import numpy as np

from plates.numbering import DIGITS, LETTERS, PROVINCES, TWO_ROWS

ALIKE = ("0DQ", "8BG6", "2Z", "5S", "7TY", "PR", "MNH", "UV", "EF", "CG", "KX")
"""Those that deblurred plates are misread by, and others of much the same strokes."""

MOST_LETTERS = 2
"""In what follows the office, but for new energy vehicles; more are not given out."""

_OFFICE = f"[{PROVINCES}][{LETTERS}]"
_ANY = f"[{LETTERS}{DIGITS}]"
_ONE_ROW = re.compile(f"{_OFFICE}{_ANY}{{4}}(?:{_ANY}|学|挂)")
_PATTERNS = {
    "blue": re.compile(f"{_OFFICE}{_ANY}{{5}}"),
    "yellow": _ONE_ROW,
    TWO_ROWS: _ONE_ROW,
    "green": re.compile(f"{_OFFICE}(?:[A-HJK]{_ANY}[0-9]{{4}}|[0-9]{{5}}[DF])"),
    "white": re.compile(f"{_OFFICE}{_ANY}{{4}}警"),
    "black": re.compile(f"{_OFFICE}{_ANY}{{4}}领|粤Z{_ANY}{{4}}[港澳]|使[0-9]{{6}}"),
}


def is_possible(text: str, kind: str) -> bool:
    """Tell whether a plate of a kind (one of KINDS) may say a text."""
    letters = sum(character in LETTERS for character in text[2:])
    return _PATTERNS[kind].fullmatch(text) is not None and (
        kind == "green" or letters <= MOST_LETTERS
    )


def draw_alike_texts(rng: np.random.Generator, text: str, kind: str) -> tuple[str, str]:
    """Draw two texts that differ from each other in one character, and look alike there.

    They are the text of a plate of this kind with another character in one place. Each place, and
    there each two that may stand in it, are alike often.
    """
    by_place: list[list[tuple[str, str]]] = []
    for place in range(1, len(text)):
        before, after = text[:place], text[place + 1 :]
        possible = [
            tuple(
                filled
                for character in group
                if is_possible(filled := before + character + after, kind)
            )
            for group in ALIKE
        ]
        pairs = [pair for texts in possible for pair in itertools.combinations(texts, 2)]
        if pairs:
            by_place.append(pairs)
    pairs = by_place[rng.integers(len(by_place))]
    first, second = pairs[rng.integers(len(pairs))]
    return (first, second) if rng.random() < 0.5 else (second, first)
