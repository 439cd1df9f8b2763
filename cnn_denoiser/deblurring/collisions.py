"""Files that would take each other's place, or a source's: found before any work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from plumbing.files.same_file import KnownFiles, Places

Names = Callable[[], Iterable[tuple[str, list[str]]]]


def find_collision(names: Names, reports: Sequence[str] = ()) -> str | None:
    """Return a message for people where two files would be one, else None.

    names:   gives the path of each source picture with the paths of the results that are made of
             it: in every folder of results the same name.
    reports: paths of files that are written beside.

    No result or report may be a source, by whatever path or link. Names that differ only in case,
    or in how Unicode composes their characters, count as one: Windows and macOS take them for the
    same, so the results could not be taken there.
    """
    sources = KnownFiles()
    for source, _ in names():
        sources.add(source)
    return _find_among_results(names, sources) or _find_among_reports(names, sources, reports)


def _find_among_results(names: Names, sources: KnownFiles) -> str | None:
    places = Places()
    taken: dict[str, str] = {}
    folders: set[str] = set()
    for source, results in names():
        for path in results:
            if found := sources.find(path):
                return _overwritten(path, found, "a result")
            # A result takes the place of a link, not of what the link leads to.
            place = places.of(path, follow=False)
            if place in taken:
                return _clash(taken[place], source, path)
            taken[place] = source
            folders.add(os.path.dirname(place))
    for place in folders & taken.keys():
        return f"the result of {taken[place]} would have the name of a folder of results: {place}"
    return None


def _find_among_reports(names: Names, sources: KnownFiles, reports: Sequence[str]) -> str | None:
    if not reports:
        return None
    written = KnownFiles()
    for _, results in names():
        for path in results:
            written.add(path)
    for report in reports:
        if found := sources.find(report):
            return _overwritten(report, found, "a report")
        if found := written.find(report):
            return f"{report}, a report, and {found} would be one file; give it another name"
        written.add(report)
    return None


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
