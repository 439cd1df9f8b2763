"""What stands on plates, in a form that can be compared.

A label says what stands on a plate, the province first: `京A12345`. A `*` stands for a character
that nobody could read: it matches anything and does not count.
"""

from __future__ import annotations

WILDCARD = "*"
LETTERS_AND_DIGITS = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
LOOK_ALIKES = str.maketrans("IO", "10")  # Chinese plates have no letters I and O


def plate_text(text: str) -> str:
    """Return the plate characters of what an OCR engine saw: upper case, I as 1, O as 0.

    Letters, digits and Chinese characters stay; dots, blanks and the like go.
    """
    plain = text.upper().translate(LOOK_ALIKES)
    return "".join(c for c in plain if c in LETTERS_AND_DIGITS or "\u4e00" <= c <= "\u9fff")


def letters_and_digits(text: str) -> str:
    """Return a plate's text without its Chinese characters.

    Wildcards stay, but not the first one, which stands for the province.
    """
    without_province = text.removeprefix(WILDCARD)
    return "".join(c for c in without_province if c in LETTERS_AND_DIGITS or c == WILDCARD)
