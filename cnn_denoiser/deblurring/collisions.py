"""Files that would take each other's place, or a source's: found before any work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from plumbing.files.same_file import KnownFiles, Places, follow, inode_of

Names = Callable[[], Iterable[tuple[str, list[str]]]]


def find_collision(names: Names, reports: Sequence[str] = ()) -> str | None:
    """Return a message for people where two files would be one, else None.

    names:   gives the path of each source picture with the paths of the results that are made of
             it: in every folder of results the same name.
    reports: paths of files that are written beside.

    No result or report may be a source, by whatever path or link. Names that differ only in case,
    or in how Unicode composes their characters, count as one: Windows and macOS take them for the
    same, so the results could not be taken there.

    There may be millions of names: of most of them only a number is kept, and what has the same
    number as another one is looked at again.
    """
    return (
        _find_source_overwritten(names) or _find_clash(names) or _find_among_reports(names, reports)
    )


def _find_source_overwritten(names: Names) -> str | None:
    places = Places()
    folders = {places.split(follow(source))[0] for source, _ in names()}
    # No other results can be a source: most often there are none of these.
    missing = _MissingFolders()
    if not any(
        places.split(path)[0] in folders or (not missing.has(path) and os.path.lexists(path))
        for _, results in names()
        for path in results
    ):
        return None
    numbers: set[int] = set()
    for source, _ in names():
        numbers.update(_numbers(source, places))
    for _, results in names():
        for path in results:
            if not numbers.isdisjoint(_numbers(path, places)):
                known = KnownFiles()
                known.add(path)
                for source, _ in names():
                    if known.find(source):
                        return _overwritten(path, source, "a result")
    return None


class _MissingFolders:
    """Tells which paths lie in folders that do not exist, looking at each folder once."""

    def __init__(self) -> None:
        self._missing: dict[str, bool] = {}

    def has(self, path: str) -> bool:
        folder = os.path.dirname(path)
        if folder not in self._missing:
            self._missing[folder] = not os.path.isdir(folder)
        return self._missing[folder]


def _numbers(path: str, places: Places) -> list[int]:
    """Return what a path has in common with every other one that leads to the same file."""
    there = inode_of(path)
    return [hash(places.of(path)), *([hash(there)] if there else [])]


def _find_clash(names: Names) -> str | None:
    # A result takes the place of a link, not of what the link leads to.
    places = Places()
    seen: set[int] = set()
    again: set[int] = set()
    folders: set[str] = set()
    for _, results in names():
        for path in results:
            parts = places.split(path)
            number = hash(parts)
            (again if number in seen else seen).add(number)
            folders.add(parts[0])
    again |= {number for number in map(hash, map(os.path.split, folders)) if number in seen}
    del seen
    if not again:
        return None
    taken: dict[str, str] = {}
    for source, results in names():
        for path in results:
            parts = places.split(path)
            if hash(parts) not in again:
                continue
            place = os.path.join(*parts)
            if place in taken:
                return _clash(taken[place], source, path)
            taken[place] = source
    for place in sorted(folders & taken.keys()):
        return f"the result of {taken[place]} would have the name of a folder of results: {place}"
    return None


def _find_among_reports(names: Names, reports: Sequence[str]) -> str | None:
    if not reports:
        return None
    known = KnownFiles()
    for report in reports:
        if found := known.find(report):
            return _one_file(report, found)
        known.add(report)
    for source, results in names():
        if found := known.find(source):
            return _overwritten(found, source, "a report")
        for path in results:
            if found := known.find(path):
                return _one_file(found, path)
    return None


def _one_file(report: str, other: str) -> str:
    return f"{report}, a report, and {other} would be one file; give it another name"


def _overwritten(path: str, source: str, what: str) -> str:
    message = f"{path}, {what}, would take the place of a source picture"
    return message if path == source else f"{message}: it is the same file as {source}"


def _clash(first: str, second: str, path: str) -> str:
    if first == second:
        return f"{path} would be written twice: --compare and DST must differ"
    return (
        f"{first} and {second} would have the same result, {path} (names that differ only in case "
        "count as the same); rename one, or choose another --format"
    )
