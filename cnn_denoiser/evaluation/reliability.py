"""Whether probabilities hold: of the characters said to be 90 % sure, are 90 % right?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cnn_denoiser.deblurring.reading import DOUBTFUL, Reading
from cnn_denoiser.measures.plate_texts import comparable
from plates.slots import UNKNOWN_CHARACTER, decode, encode

BINS = 10


class Bin(NamedTuple):
    """Characters of about the same probability.

    characters:  how many; 0 makes the others NaN.
    probability: the mean of what they were said to be.
    right:       the share of those that are right.
    """

    characters: int
    probability: float
    right: float


@dataclass(frozen=True)
class Confidences:
    """Characters that were read where it is known what stands there.

    probabilities: of each, float (N,), 0 to 1.
    right:         whether each is what stands there, bool (N,).
    """

    probabilities: np.ndarray
    right: np.ndarray

    @property
    def bins(self) -> list[Bin]:
        """The reliability diagram: ten bins of equal width, from 0 to 1, upper ends included."""
        numbers = np.clip(np.ceil(self.probabilities * BINS).astype(int) - 1, 0, BINS - 1)
        return [self._bin(numbers == number) for number in range(BINS)]

    @property
    def expected_error(self) -> float | None:
        """The expected calibration error, 0 to 1; None where there is nothing.

        The mean over the bins of |share right - mean probability|, each weighed by its count: Guo
        et al., "On calibration of modern neural networks" (ICML 2017, arXiv:1706.04599), eq. 3.
        """
        if not len(self.right):
            return None
        gaps = (
            one.characters * abs(one.right - one.probability) for one in self.bins if one.characters
        )
        return sum(gaps) / len(self.right)

    @property
    def sure(self) -> Bin:
        """Those that are said to be at least 90 % sure, the bound below which one is doubtful."""
        return self._bin(self.probabilities >= DOUBTFUL)

    def _bin(self, chosen: np.ndarray) -> Bin:
        count = int(chosen.sum())
        if not count:
            return Bin(0, np.nan, np.nan)
        return Bin(
            count, float(self.probabilities[chosen].mean()), float(self.right[chosen].mean())
        )


def confidences(readings: Sequence[Reading], labels: Iterable[str | None]) -> Confidences:
    """Compare readings with labels, place by place from the left; a wildcard is one character.

    Left out are the places of which the label tells nothing, and those where rightly nothing was
    read: they are most sure, and would flatter.
    """
    found = [
        (place.probability, place.character == wanted)
        for reading, label in zip(readings, labels, strict=True)
        for place, wanted in zip(reading.places, characters(label), strict=True)
        if wanted != UNKNOWN_CHARACTER and (wanted or place.character)
    ]
    return Confidences(
        np.array([probability for probability, _ in found], np.float64),
        np.array([right for _, right in found], bool),
    )


def characters(label: str | None) -> list[str]:
    """Return what stands in the eight places of a plate: "" behind the last, `?` is not known."""
    classes = encode(None if label is None else comparable(label))
    return [decode(classes[place : place + 1]) for place in range(len(classes))]
