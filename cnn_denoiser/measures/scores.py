"""How well readings agree with labels, in counts that add up."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_denoiser.measures.alignment import edit_distance
from cnn_denoiser.measures.plate_texts import WILDCARD, comparable, letters_and_digits


@dataclass(frozen=True)
class ReadingScore:
    """Counts over the readings of one or many plates; `a + b` counts both."""

    known: int = 0  # characters that the labels tell, the province included
    errors: int = 0
    known_alphanumeric: int = 0  # letters and digits alone
    errors_alphanumeric: int = 0
    full: int = 0  # plates whose letters and digits are all known
    right: int = 0  # those of them that are read without an error in letters and digits

    def __add__(self, other: ReadingScore) -> ReadingScore:
        return ReadingScore(
            self.known + other.known,
            self.errors + other.errors,
            self.known_alphanumeric + other.known_alphanumeric,
            self.errors_alphanumeric + other.errors_alphanumeric,
            self.full + other.full,
            self.right + other.right,
        )

    @property
    def characters(self) -> float | None:
        """1 - edit distance / known characters; None where none is known."""
        return 1 - self.errors / self.known if self.known else None

    @property
    def alphanumeric(self) -> float | None:
        """The same over letters and digits alone."""
        if not self.known_alphanumeric:
            return None
        return 1 - self.errors_alphanumeric / self.known_alphanumeric

    @property
    def plates(self) -> float | None:
        """Share of the fully known plates that are read without an error in letters and digits."""
        return self.right / self.full if self.full else None


def score_reading(label: str, reading: str) -> ReadingScore:
    """Count the errors of one reading, at most as many as the label has known characters."""
    label = comparable(label)
    known, errors = _count_errors(label, reading)
    letters, read_letters = letters_and_digits(label), letters_and_digits(reading)
    known_letters, letter_errors = _count_errors(letters, read_letters)
    full = letters != "" and WILDCARD not in letters
    right = full and letters == read_letters
    return ReadingScore(known, errors, known_letters, letter_errors, int(full), int(right))


def _count_errors(label: str, reading: str) -> tuple[int, int]:
    """Return how many characters of the label are known, and how many errors count against them."""
    known = len(label) - label.count(WILDCARD)
    return known, min(known, edit_distance(label, reading))
