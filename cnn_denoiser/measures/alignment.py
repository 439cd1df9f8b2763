"""The edit distance of a label and a reading, and which characters correspond."""

from __future__ import annotations

from cnn_denoiser.measures.plate_texts import WILDCARD


def edit_distance(label: str, reading: str) -> int:
    """Return the Levenshtein distance; a `*` of the label may stand for one character or none."""
    return _distances(label, reading)[-1][-1]


def align(label: str, reading: str) -> list[str]:
    """Return what was read in the place of each character of a label, "" where nothing was.

    By the cheapest alignment, that of the edit distance. Of equally cheap ones it is the one that,
    seen from the right end, reads a character in a place rather than none, and leaves a place
    empty rather than drop a character of the reading. Dropped characters have no place.
    """
    distances = _distances(label, reading)
    places: list[str] = []
    at, seen = len(label), len(reading)
    while at:
        price = _price(label[at - 1])
        here = distances[at][seen]
        equal = seen and label[at - 1] == reading[seen - 1]
        if seen and here == distances[at - 1][seen - 1] + (0 if equal else price):
            places.append(reading[seen - 1])
            at, seen = at - 1, seen - 1
        elif here == distances[at - 1][seen] + price:
            places.append("")
            at -= 1
        else:
            seen -= 1
    return places[::-1]


def _distances(label: str, reading: str) -> list[list[int]]:
    """Return the edit distance from each start of the label to each start of the reading."""
    rows = [list(range(len(reading) + 1))]
    for wanted in label:
        price = _price(wanted)
        above = rows[-1]
        row = [above[0] + price]
        for end, seen in enumerate(reading, start=1):
            replaced = above[end - 1] + (0 if seen == wanted else price)
            row.append(min(replaced, above[end] + price, row[end - 1] + 1))
        rows.append(row)
    return rows


def _price(wanted: str) -> int:
    """Return what it costs to replace or leave out a character of the label."""
    return 0 if wanted == WILDCARD else 1
