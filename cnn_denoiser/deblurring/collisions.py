"""Results that would take each other's place, or a source's: found before any work."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnn_denoiser.deblurring.planning import Plan


def find_collision(plan: Plan) -> str | None:
    """Return a message for people where two files would stand in one place, else None.

    Names that differ only in case, or in how Unicode composes their characters, count as one:
    Windows and macOS take them for the same, so the results could not be taken there.
    """
    places = _Places()
    sources = {places.of(os.path.join(plan.source, source)) for source, _ in plan.names}
    taken: dict[str, str] = {}
    folders: set[str] = set()
    for folder in plan.folders.in_use():
        for source, result in plan.names:
            path = os.path.join(folder, result)
            place = places.of(path)
            if place in sources:
                return f"{path}, a result, would take the place of a source picture"
            if place in taken:
                return _clash(taken[place], source, path, len(plan.names))
            taken[place] = source
            if os.path.dirname(result):
                folders.add(os.path.dirname(place))
    for place in folders & taken.keys():
        return f"the result of {taken[place]} would have the name of a folder of results: {place}"
    return None


def _clash(first: str, second: str, path: str, pictures: int) -> str:
    if first == second:
        return f"{path} would be written twice: --compare and DST must differ"
    return (
        f"{first} and {second} would have the same result, {path} (names that differ only in case "
        "count as the same); rename one, or choose another --format"
    )


class _Places:
    """Paths in a form that is the same for the same file."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: str) -> str:
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = _fold(os.path.realpath(folder))
        return os.path.join(self._folders[folder], _fold(name))


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()
