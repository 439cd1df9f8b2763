"""What a network that reads says of a plate: the text, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from plates.slots import CHARACTERS, EMPTY

DOUBTFUL = 0.9
"""A place whose character is less probable than this is doubtful."""


class Place(NamedTuple):
    """What stands in one of the eight places of a plate.

    character, runner_up: the most probable one and the next; "" is none, behind the last one.
    probability, runner_up_probability: theirs, 0 to 1.
    """

    character: str
    probability: float
    runner_up: str
    runner_up_probability: float

    @property
    def doubtful(self) -> bool:
        """Whether it is less than 0.9 sure."""
        return self.probability < DOUBTFUL


@dataclass(frozen=True)
class Reading:
    """What was read on a picture.

    places: all eight, those behind the last character too.
    """

    places: tuple[Place, ...]

    @cached_property
    def text(self) -> str:
        """The most probable text."""
        return "".join(place.character for place in self.places)

    @cached_property
    def probability(self) -> float:
        """The probability of the whole text: the product of all eight places', 0 to 1."""
        return float(np.prod([place.probability for place in self.places]))

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Those of the text's characters."""
        return tuple(place.probability for place in self.places if place.character)

    @property
    def doubtful(self) -> tuple[int, ...]:
        """The indices, 0 to 7, of the places that are doubtful."""
        return tuple(index for index, place in enumerate(self.places) if place.doubtful)


def log_probabilities(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the logarithms of the classes' probabilities, float64, of logits (..., classes).

    temperature: what logits are divided by first (Guo et al. 2017, arXiv:1706.04599).
    """
    scaled = np.asarray(logits, np.float64) / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    return scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))


def read(logits: np.ndarray, temperature: float = 1.0) -> list[Reading]:
    """Return the readings of pictures from their logits (N, 8, 73), classes of `plates.slots`."""
    probabilities = np.exp(log_probabilities(logits, temperature))
    order = np.argsort(-probabilities, axis=-1, kind="stable")[..., :2]
    best = np.take_along_axis(probabilities, order, axis=-1)
    return [
        Reading(tuple(map(_place, classes.tolist(), shares.tolist())))
        for classes, shares in zip(order, best, strict=True)
    ]


def together(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Add up what several frames of one plate say, logits (F, 8, 73), to logits (8, 73).

    They are the frames' log-probabilities added, as if each frame were wrong in its own way, and
    need no temperature any more.
    """
    return log_probabilities(log_probabilities(logits, temperature).sum(axis=0))


def _place(classes: Sequence[int], shares: Sequence[float]) -> Place:
    return Place(_character(classes[0]), shares[0], _character(classes[1]), shares[1])


def _character(number: int) -> str:
    return "" if number == EMPTY else CHARACTERS[number - 1]
