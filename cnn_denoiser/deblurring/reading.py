"""What a network that reads says of a plate: the text, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from plates.slots import CHARACTERS, EMPTY

DOUBTFUL = 0.9
"""A place whose character is less probable than this is doubtful."""

LEAST = 0.01
"""Where the whole text is less probable than this, there is no plate.

Measured (docs/deblurring.md, "No plate"): the network was never shown a picture without a plate,
but of scenes it is in doubt nearly everywhere; of other text it is not.
`plate_look.LEAST_PROBABILITY` is lower: this is only what a report says, that one leaves pictures
out where `--on-warning skip` asks for it.
"""

Verdict = Literal["sure", "doubtful", "no plate"]


class Place(NamedTuple):
    """What stands in one of the eight places of a plate.

    character, runner_up: the most probable one and the next; "" is none, as behind the last one.
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


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read on a picture, or on several frames of one plate.

    log_probabilities: of the classes of `plates.slots` in each place, float64 (8, 73).
    is_plate:          whether there is a plate at all.
    """

    log_probabilities: np.ndarray = field(repr=False)  # 584 numbers
    is_plate: bool

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """What stands in each of the eight places, those behind the last character too."""
        order = np.argsort(-self.log_probabilities, axis=-1, kind="stable")[:, :2]
        best = np.exp(np.take_along_axis(self.log_probabilities, order, axis=-1))
        return tuple(
            Place(_character(first), probability, _character(second), next_probability)
            for (first, second), (probability, next_probability) in zip(
                order.tolist(), best.tolist(), strict=True
            )
        )

    @property
    def text(self) -> str:
        """The most probable text; "" where there is no plate."""
        return "".join(place.character for place in self.places) if self.is_plate else ""

    @property
    def probability(self) -> float:
        """The probability of the most probable text: the product of all places', 0 to 1."""
        return float(np.exp(self.log_probabilities.max(axis=-1).sum()))

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Those of the text's characters."""
        return tuple(place.probability for place in self.places if self.is_plate and place[0])

    @property
    def doubtful(self) -> tuple[int, ...]:
        """The indices, 0 to 7, of the places that are doubtful."""
        return tuple(index for index, place in enumerate(self.places) if place.doubtful)

    @property
    def verdict(self) -> Verdict:
        """Whether there is a plate, and a place of it in doubt."""
        if not self.is_plate:
            return "no plate"
        return "doubtful" if self.doubtful else "sure"

    def __str__(self) -> str:
        """Return the text, with what else may stand in doubtful places, as a regular expression.

        `京A1[B8]345`: B, or 8; `京A123456?`: perhaps without the 6.
        """
        return "".join(map(_pattern, self.places)) if self.is_plate else "no plate"


def read(logits: np.ndarray, temperature: float = 1.0) -> list[Reading]:
    """Return the readings of pictures from their logits (N, 8, 73), classes of `plates.slots`.

    temperature: what the logits are divided by, so that the probabilities hold.
    """
    return [
        Reading(one, is_plate=float(one.max(axis=-1).sum()) >= math.log(LEAST))
        for one in log_probabilities(logits, temperature)
    ]


def together(readings: Sequence[Reading]) -> Reading:
    """Return what one or more frames of one plate say together.

    Their log-probabilities are added, and divided by the root of their number: as a sum they would
    be those of frames each wrong in its own way, but frames of one plate share some of what is
    wrong, and the sum is surer than it is right. Frames that are no plate by themselves do not
    count where another one is: nothing that frame after frame is taken for the same unlikely text
    becomes sure. Raises ValueError without readings.
    """
    if not readings:
        raise ValueError("there must be at least one reading")
    plates = [reading for reading in readings if reading.is_plate]
    counted = np.stack([reading.log_probabilities for reading in plates or readings])
    added = log_probabilities(counted.sum(axis=0), temperature=len(counted) ** 0.5)
    return Reading(added, is_plate=bool(plates))


def log_probabilities(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the logarithms of the classes' probabilities, float64, of logits (..., classes).

    temperature: what logits are divided by first (Guo et al. 2017, arXiv:1706.04599).
    """
    scaled = np.asarray(logits, np.float64) / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    return scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))


def _character(number: int) -> str:
    return "" if number == EMPTY else CHARACTERS[number - 1]


def _pattern(place: Place) -> str:
    if not place.doubtful:
        return place.character
    if place.character and place.runner_up:
        return f"[{place.character}{place.runner_up}]"
    return f"{place.character or place.runner_up}?"
