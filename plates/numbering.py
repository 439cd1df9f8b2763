"""Which texts exist on plates: the numbering rules of GA 36-2018, a little simplified.

The registration letters are not limited to those that a province really gave out.
"""

from __future__ import annotations

import numpy as np

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新渝"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"
COACH, TRAILER, POLICE, EMBASSY, CONSULATE, HONG_KONG, MACAU = "学挂警使领港澳"
SUFFIXES = COACH + TRAILER + POLICE + CONSULATE + HONG_KONG + MACAU
CHINESE = PROVINCES + SUFFIXES + EMBASSY

TWO_ROWS = "yellow_two_rows"
KINDS = ("blue", "yellow", "green", "white", "black", TWO_ROWS)
"""Small cars, large vehicles, new energy, police, foreign, large vehicles from behind."""

LETTER_COUNTS = (0.45, 0.35, 0.2)
"""How often a serial of five holds no letter, one, two; more are not given out."""

ELECTRIC = "DABCE"
HYBRID = "FGHJK"
"""The letters that mark a new energy vehicle; the first of each was the only one for years."""


def draw_text(rng: np.random.Generator, kind: str) -> str:
    """Draw the text of a plate of `kind` (one of KINDS), such as "京A12345", without the dot.

    Raises ValueError for an unknown kind.
    """
    if kind == "blue":
        return _office(rng) + _serial(rng, 5)
    if kind in ("yellow", TWO_ROWS):
        suffix = rng.choice(["", COACH, TRAILER], p=[0.6, 0.2, 0.2])
        return _office(rng) + _serial(rng, 5 - len(suffix)) + str(suffix)
    if kind == "green":
        return _office(rng) + _new_energy_serial(rng)
    if kind == "white":
        return _office(rng) + _serial(rng, 4) + POLICE
    if kind == "black":
        return _foreign(rng)
    raise ValueError(f"There is no kind of plate {kind!r}. Choose one of: {', '.join(KINDS)}.")


def ground_colour(kind: str) -> str:
    """Return the colour of the ground of a kind of plate: one of the first five KINDS."""
    return "yellow" if kind == TWO_ROWS else kind


def is_large_new_energy(text: str) -> bool:
    """Whether a new energy plate is a large vehicle's: its marking letter comes last, not first."""
    return text[-1] in LETTERS


def _pick(rng: np.random.Generator, characters: str, count: int = 1) -> str:
    return "".join(characters[i] for i in rng.integers(len(characters), size=count))


def _office(rng: np.random.Generator) -> str:
    """The province and the letter of its registration office."""
    return _pick(rng, PROVINCES) + _pick(rng, LETTERS)


def _serial(rng: np.random.Generator, length: int) -> str:
    """Digits with at most two letters anywhere among them."""
    serial = list(_pick(rng, DIGITS, length))
    count = rng.choice(len(LETTER_COUNTS), p=LETTER_COUNTS)
    for place in rng.permutation(length)[:count]:
        serial[place] = _pick(rng, LETTERS)
    return "".join(serial)


def _new_energy_serial(rng: np.random.Generator) -> str:
    """Six places: small cars have the marking letter first, large vehicles last."""
    letters = ELECTRIC if rng.random() < 0.7 else HYBRID
    marking = letters[0] if rng.random() < 0.8 else _pick(rng, letters)
    if rng.random() < 0.2:
        return _pick(rng, DIGITS, 5) + letters[0]
    second = _pick(rng, LETTERS) if rng.random() < 0.3 else _pick(rng, DIGITS)
    return marking + second + _pick(rng, DIGITS, 4)


def _foreign(rng: np.random.Generator) -> str:
    """Embassies, consulates, and cars of Hong Kong and Macau that may cross the border."""
    owner = rng.choice([EMBASSY, CONSULATE, HONG_KONG, MACAU])
    if owner == EMBASSY:
        return EMBASSY + _pick(rng, DIGITS, 6)
    office = _office(rng) if owner == CONSULATE else "粤Z"
    return office + _serial(rng, 4) + str(owner)
