"""Where each character is to be found among plates, so that rare ones can be shown often."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plates.numbering import DIGITS, LETTERS

PLACES = 6  # of a plate's characters, the Chinese one before them left out
LETTER_SHARE = 0.3  # of the places after the first, where nothing is known of them


class CharacterPlaces:
    """Draws the place of a character for a place of a plate: all letters, all digits alike often.

    Places are numbered from 0, the letter after the Chinese character, to 5. Letters are as
    frequent in each as they are there among the plates: at the end they are rare.
    """

    def __init__(self, texts: Sequence[str | None]) -> None:
        """Take what each plate says; None or any text but seven characters: it is not known.

        Where no text is known, letters are those of the first places, as frequent as they happen to
        be there; a network then writes the frequent ones in place of the rare ones.
        """
        self._count = len(texts)
        self._letters: dict[str, list[tuple[int, int]]] = {}
        self._digits: dict[str, list[tuple[int, int]]] = {}
        kinds = np.zeros((2, PLACES))  # digits and letters in each place
        for number, text in enumerate(texts):
            if not text or len(text) != PLACES + 1 or text[1] not in LETTERS:
                continue
            for place, character in enumerate(text[1:]):
                kind = self._letters if character in LETTERS else self._digits
                if character in LETTERS + DIGITS:
                    kind.setdefault(character, []).append((number, place))
                    kinds[int(character in LETTERS), place] += 1
        # As if there had been ten more plates, of which nothing is known.
        self._letter_shares = (kinds[1] + 10 * LETTER_SHARE) / (kinds.sum(axis=0) + 10)
        self._letter_shares[0] = 1

    def draw(self, place: int, rng: np.random.Generator) -> tuple[int, int]:
        """Return the number of a plate, and the place of the character in it that fits `place`."""
        is_letter = rng.random() < self._letter_shares[place]
        known = self._letters if is_letter else self._digits
        if known:
            character = list(known)[rng.integers(len(known))]
            return known[character][rng.integers(len(known[character]))]
        return int(rng.integers(self._count)), 0 if is_letter else int(rng.integers(1, PLACES))
