"""What a method does to single characters: which it harms, which it rescues."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_denoiser.measures.alignment import align
from cnn_denoiser.measures.plate_texts import WILDCARD, comparable, letters_and_digits


@dataclass(frozen=True)
class CharacterChanges:
    """Counts of the known letters and digits of one or many labels; `a + b` counts both.

    A letter or digit of a label counts as read where the cheapest alignment of label and reading
    (`align`) puts an equal one in its place.

    readable: read in the blurred picture.
    misread:  readable, and after the method another character is read in its place.
    lost:     readable, and after the method nothing is read in its place.
    unreadable: not read in the blurred picture.
    rescued:  unreadable, and read after the method.
    """

    readable: int = 0
    misread: int = 0
    lost: int = 0
    unreadable: int = 0
    rescued: int = 0

    def __add__(self, other: CharacterChanges) -> CharacterChanges:
        return CharacterChanges(
            self.readable + other.readable,
            self.misread + other.misread,
            self.lost + other.lost,
            self.unreadable + other.unreadable,
            self.rescued + other.rescued,
        )

    @property
    def harmed(self) -> int:
        """The readable ones that are not read after the method."""
        return self.misread + self.lost


def count_changes(label: str, before: str, after: str) -> CharacterChanges:
    """Compare two readings of a plate, of the blurred picture and of what a method made of it."""
    letters = letters_and_digits(comparable(label))
    places = zip(
        letters,
        align(letters, letters_and_digits(before)),
        align(letters, letters_and_digits(after)),
        strict=True,
    )
    known = [place for place in places if place[0] != WILDCARD]
    readable = [seen for wanted, first, seen in known if first == wanted and seen != wanted]
    return CharacterChanges(
        readable=sum(first == wanted for wanted, first, _ in known),
        misread=sum(seen != "" for seen in readable),
        lost=sum(seen == "" for seen in readable),
        unreadable=sum(first != wanted for wanted, first, _ in known),
        rescued=sum(first != wanted and seen == wanted for wanted, first, seen in known),
    )
