"""What stands on plates, in a form that can be compared.

A label says what stands on a plate, the province first: `京A12345`. A `*` stands for a character
that nobody could read: it matches anything and does not count.
"""

from __future__ import annotations

from plumbing.labels import WILDCARD, normalise

LETTERS_AND_DIGITS = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
LOOK_ALIKES = str.maketrans("IO", "10")  # Chinese plates have no letters I and O


def comparable(text: str) -> str:
    """Return a label in the form in which it is compared: `normalise`, I as 1, O as 0."""
    return normalise(text).translate(LOOK_ALIKES)


def plate_text(text: str) -> str:
    """Return the plate characters of what an OCR engine saw, in the form of `comparable`.

    Letters, digits and Chinese characters stay, all else goes.
    """
    return "".join(
        c for c in comparable(text) if c in LETTERS_AND_DIGITS or "\u4e00" <= c <= "\u9fff"
    )


def letters_and_digits(text: str) -> str:
    """Return a plate's text without its Chinese characters.

    Wildcards stay, but not the first one, which stands for the province.
    """
    without_province = text.removeprefix(WILDCARD)
    return "".join(c for c in without_province if c in LETTERS_AND_DIGITS or c == WILDCARD)
