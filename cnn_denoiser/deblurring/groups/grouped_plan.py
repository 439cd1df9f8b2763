"""Making the pictures of a plan frames of plates."""

from __future__ import annotations

import os

from cnn_denoiser.deblurring.groups.grouping import Grouping
from cnn_denoiser.deblurring.plan import Entry, Plan


def group(plan: Plan, grouping: Grouping, rename: bool = True) -> None:
    """Replace the pictures of a plan by groups of them, in the order of their first ones.

    A group's result is named after the plate, in the format that the result of its first picture
    would have had; with `rename` false, by the name that result would have had. Videos, which are
    groups already, stay as they are.
    """
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in plan.entries:
        plate = grouping.plate(entry.source) if entry.frames is None else None
        # A plate of its own has the picture's name, which no other one has: "" is no plate.
        key = (str(entry.folder), "\0" + entry.source if plate is None else plate)
        groups.setdefault(key, []).append(entry)
    plan.entries = [
        _join(entries, None if plate.startswith("\0") else plate, rename)
        for (_, plate), entries in groups.items()
    ]


def _join(entries: list[Entry], plate: str | None, rename: bool) -> Entry:
    first = entries[0]
    if first.frames is not None:
        return first
    frames = tuple(entry.source for entry in entries)
    if plate is None:
        return first._replace(frames=frames)
    suffix = os.path.splitext(first.result)[1]
    return Entry(first.folder, plate, plate + suffix if rename else first.result, frames)
