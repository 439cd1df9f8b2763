"""A reading as a report's row tells it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_DOWN, Context
from typing import Any

from cnn_denoiser.deblurring.reading import Reading

COLUMNS = (
    "text",
    "reading",
    "text_probability",
    "character_probabilities",
    "runner_ups",
    "as_it_is",
)

SUREST = 0.9999  # what is said to be sure is never said to be certain
_FOUR_DIGITS_DOWN = Context(prec=4, rounding=ROUND_DOWN)

Row = dict[str, Any]


def reading_row(reading: Reading) -> Row:
    """Return a reading by column, as JSON holds it, all but `as_it_is`; see `rounded_down`.

    text:                    "" where there is no plate.
    reading:                 sure, doubtful, no plate.
    text_probability:        of the whole text.
    character_probabilities: of each of its characters.
    runner_ups:              of each doubtful place, counted from 1: what stands there, what else
                             may stand there ("": nothing), and both probabilities.
    """
    doubtful = reading.doubtful if reading.is_plate else ()
    return {
        "text": reading.text,
        "reading": reading.verdict,
        "text_probability": rounded_down(reading.probability),
        "character_probabilities": [rounded_down(one) for one in reading.probabilities],
        "runner_ups": [
            {
                "place": index + 1,
                "character": reading.places[index].character,
                "probability": rounded_down(reading.places[index].probability),
                "runner_up": reading.places[index].runner_up,
                "runner_up_probability": rounded_down(reading.places[index].runner_up_probability),
            }
            for index in doubtful
        ],
    }


def marked(reading: Reading) -> list[tuple[str, bool]]:
    """Return the text's characters, each with whether its place is doubtful, for the page."""
    return [
        (place.character or "\N{MIDDLE DOT}", place.doubtful)
        for place in reading.places
        if reading.is_plate and (place.character or place.doubtful)
    ]


def in_fields(row: Row) -> Row:
    """Return the columns of a row as a table's fields hold them, "" where nothing was read.

    `as_it_is` is "yes", "no", or "" where that is not known. Probabilities are separated by
    spaces, doubtful places by semicolons: "3: B 0.6, 8 0.3".
    """
    if row.get("text") is None:
        return dict.fromkeys(COLUMNS, "")
    return {name: row[name] for name in COLUMNS} | {
        "character_probabilities": " ".join(map(str, row["character_probabilities"])),
        "runner_ups": _runner_ups_in_words(row["runner_ups"]),
        "as_it_is": {True: "yes", False: "no"}.get(row["as_it_is"], ""),
    }


def _runner_ups_in_words(runner_ups: Sequence[Row]) -> str:
    return "; ".join(
        f"{one['place']}: {one['character'] or 'none'} {one['probability']}, "
        f"{one['runner_up'] or 'none'} {one['runner_up_probability']}"
        for one in runner_ups
    )


def in_percent(probability: float) -> str:
    """Write a probability in whole percents, rounded down; never 0 or 100."""
    return "<1 %" if probability < 0.01 else f"{min(math.floor(100 * probability), 99)} %"


def rounded_down(probability: float) -> float:
    """Round a probability down to four significant digits, 0.9999 at most.

    So none becomes 1, and none of less than 0.9, which is doubtful, becomes 0.9.
    """
    return min(float(_FOUR_DIGITS_DOWN.create_decimal(repr(probability))), SUREST)


def rounded(figure: float | None) -> float | None:
    """Round to four significant digits; JSON has neither NaN nor infinity."""
    if figure is None or not math.isfinite(figure):
        return None
    return float(f"{figure:.4g}")
