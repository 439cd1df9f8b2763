"""The text of a plate as numbers: what stands in each of its places, for a network that reads."""

from __future__ import annotations

import numpy as np

from plates.numbering import CHINESE, DIGITS, LETTERS

SLOTS = 8
"""As many characters as the longest plates have, those of new energy vehicles."""
CHARACTERS = CHINESE + LETTERS + DIGITS
"""Characters by class, from class 1 on."""
EMPTY = 0
"""The class of a slot after the last character."""
UNKNOWN = -1
"""In place of a class: it is not known what stands there."""
CLASSES = 1 + len(CHARACTERS)
UNKNOWN_CHARACTER = "?"

_CLASS_OF = {character: number for number, character in enumerate(CHARACTERS, start=1)}


def encode(text: str | None) -> np.ndarray:
    """Return the classes of a plate's characters from the left, int8 (8,).

    Characters that no plate has, `?` among them, are UNKNOWN; so is everything where the text is
    None or has more than eight characters.
    """
    classes = np.full(SLOTS, UNKNOWN, np.int8)
    if text is not None and len(text) <= SLOTS:
        classes[: len(text)] = [_CLASS_OF.get(character, UNKNOWN) for character in text]
        classes[len(text) :] = EMPTY
    return classes


def decode(classes: np.ndarray) -> str:
    """Return the text that classes, integers (8,), stand for; UNKNOWN gives `?`."""
    return "".join(
        "" if number == EMPTY else UNKNOWN_CHARACTER if number < 0 else CHARACTERS[number - 1]
        for number in classes.tolist()
    )
