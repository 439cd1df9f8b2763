"""Where the evaluation writes to, checked before the work begins, and the writing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from cnn_denoiser.evaluation.comparison import Comparison, to_json
from cnn_denoiser.evaluation.options import EvaluationOptions
from cnn_denoiser.evaluation.sheets import to_sheet
from plumbing.commands.errors import UsageError
from plumbing.files.atomic import write_atomically
from plumbing.files.same_file import KnownFiles
from plumbing.labels import LABELS
from plumbing.pictures.codec import PictureError, write_picture
from plumbing.pictures.search import find_pictures


def check_destinations(options: EvaluationOptions, set_names: Sequence[str]) -> None:
    """Raise `UsageError` where what is to be written has no place, or is one of the sources."""
    for path in (options.json, options.sheet):
        if path is None:
            continue
        try:
            if not path.absolute().parent.is_dir():
                raise UsageError(f"the folder of {path} does not exist")
            os.stat(path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    if options.json is not None and options.json.is_dir():
        raise UsageError(f"{options.json} is a folder; --json takes a file")
    sheet = options.sheet
    if sheet is not None:
        if options.one_sheet and sheet.is_dir():
            raise UsageError(f"{sheet} is a folder, but has the suffix of a picture")
        if not options.one_sheet and not sheet.is_dir() and (sheet.suffix or sheet.exists()):
            raise UsageError(
                f"the sheet {sheet} needs the suffix of a picture, such as .png, or none"
            )
    _check_against_sources(options, set_names)


def write_json(
    path: Path, comparisons: Iterable[Comparison], parameters: Mapping[str, int | None]
) -> list[str]:
    """Write all figures and readings; return what went wrong, a line each."""
    results = [to_json(comparison, parameters) for comparison in comparisons]
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    try:
        # Names of files that are not UTF-8 become JSON's own \\u escapes.
        write_atomically(path, text.encode(errors="backslashreplace"))
    except OSError as error:
        return [f"{path} cannot be written: {error.strerror or error}"]
    return []


def write_sheets(
    options: EvaluationOptions, comparisons: Sequence[Comparison], ranked_by: str
) -> list[str]:
    """Write the sheets that the options ask for; return what went wrong, a line each."""
    problems = []
    names = [comparison.pictures.name for comparison in comparisons]
    paths = list(_sheets(options, names))
    shown = [comparisons] if options.one_sheet else [[comparison] for comparison in comparisons]
    for path, of_sheet in zip(paths, shown if paths else [], strict=True):
        try:
            path.parent.mkdir(exist_ok=True)
            write_picture(path, to_sheet(of_sheet, ranked_by))
        except (OSError, PictureError) as error:
            reason = getattr(error, "strerror", None) or error
            problems.append(f"{path} cannot be written: {reason}")
    return problems


def _sheets(options: EvaluationOptions, set_names: Iterable[str]) -> Iterator[Path]:
    if options.sheet is None:
        return
    if options.one_sheet:
        yield options.sheet
    else:
        yield from (options.sheet / f"{name}.png" for name in set_names)


def _check_against_sources(options: EvaluationOptions, set_names: Sequence[str]) -> None:
    destinations = [*_sheets(options, set_names), *filter(None, [options.json])]
    if not destinations:
        return
    if options.json is not None and any(options.json in sheet.parents for sheet in destinations):
        raise UsageError(f"{options.json} cannot be a file and the folder of the sheets")
    sources = KnownFiles()
    for source in _sources(options):
        sources.add(source)
    written = KnownFiles()
    for destination in destinations:
        if (source_path := sources.find(destination)) is not None:
            raise UsageError(f"{destination} would overwrite {source_path}, which is read")
        if written.find(destination) is not None:
            raise UsageError(f"{destination} would be written twice")
        written.add(destination)


def _sources(options: EvaluationOptions) -> Iterator[Path]:
    """Yield all files that the options have read."""
    folders = [options.labelled, options.sharp, *dict(options.outputs).values()]
    for folder in filter(None, folders):
        try:
            yield from find_pictures(folder)
        except OSError as error:
            raise UsageError(f"{folder} cannot be read: {error.strerror or error}") from error
        yield folder / LABELS
    if options.labels is not None:
        yield options.labels
    for checkpoint in options.checkpoint:
        yield from (path for path in checkpoint.rglob("*") if path.is_file())
