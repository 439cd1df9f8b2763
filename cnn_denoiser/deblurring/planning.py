"""What there is to deblur, and where the results go: settled before any work begins."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cnn_denoiser.deblurring.collisions import find_collision
from plumbing.files.atomic import remove_leftovers
from plumbing.pictures.codec import SUFFIXES, PictureError, output_suffix, search_pictures

Existing = Literal["overwrite", "skip", "error"]
Format = Literal["keep", "png", "jpg", "webp"]


class UsageError(Exception):
    """SRC and DST cannot be worked with; the message is for people."""


class NothingToDoError(Exception):
    """There are no pictures; the message is for people."""


@dataclass(frozen=True)
class Task:
    """One picture to deblur: where it is and where what is made of it goes."""

    source: Path
    destination: Path
    comparison: Path | None = None
    stands: bool = False  # the result is there already and shall stay

    def results(self) -> list[Path]:
        """List all files that are made of the picture."""
        return [path for path in (self.destination, self.comparison) if path]


@dataclass(frozen=True)
class Folders:
    """Where results go: each kind in a folder, under the same names."""

    destination: Path
    comparisons: Path | None = None

    def in_use(self) -> list[Path]:
        """List the folders that results are asked for in."""
        return [path for path in (self.destination, self.comparisons) if path]


@dataclass
class Plan:
    """The pictures in the order of their names; going through it gives a Task for each.

    Names are kept instead of tasks, since there may be hundreds of thousands.
    """

    source: Path  # the folder of all sources
    folders: Folders
    names: list[tuple[str, str]] = field(default_factory=list)  # of source and result, relative
    standing: set[str] = field(default_factory=set)  # results that are there and shall stay
    unreadable: list[tuple[Path, str]] = field(default_factory=list)  # files, folders; the reasons
    others: int = 0  # visible files that are no pictures
    linked_folders: int = 0  # they are not entered
    beyond_limit: int = 0

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Task]:
        return (self._task(*name) for name in self.names)

    def _task(self, source: str, result: str) -> Task:
        folders = self.folders
        return Task(
            self.source / source,
            folders.destination / result,
            folders.comparisons / result if folders.comparisons else None,
            result in self.standing,
        )

    def add(self, name: str, result: str | None, file_format: Format) -> None:
        """Add a picture; without a `result` that is named like its source, in its format."""
        try:
            self.names.append((name, result or self._result_name(name, file_format)))
        except PictureError as error:
            self.unreadable.append((self.source / name, str(error)))

    def _result_name(self, name: str, file_format: Format) -> str:
        stem, suffix = os.path.splitext(name)
        known = suffix.lower() in SUFFIXES
        if file_format != "keep":
            return f"{stem if known else name}.{file_format}"
        return name if known else name + output_suffix(self.source / name)

    def inner_folders(self) -> list[str]:
        """List the folders of results within each of `folders`, sorted; "" is the folder itself."""
        return sorted({os.path.dirname(result) for _, result in self.names})

    def keep_standing(self) -> None:
        """Mark those whose results are all there, so that they are left as they are."""
        self.standing = {
            result
            for source, result in self.names
            if all(path.is_file() for path in self._task(source, result).results())
        }

    def limit(self, count: int) -> None:
        """Leave only the first `count` pictures that there is something to do for."""
        for index, (_, result) in enumerate(self.names):
            if result not in self.standing:
                if count == 0:
                    self.beyond_limit = len(self.names) - index
                    del self.names[index:]
                    return
                count -= 1


def plan(
    source: Path,
    destination: Path,
    *,
    recursive: bool = False,
    existing: Existing = "overwrite",
    file_format: Format = "keep",
    limit: int | None = None,
    comparisons: Path | None = None,
) -> Plan:
    """List the pictures of a folder, or one picture, with the places of their results.

    Only looks; nothing is made or changed. Raises NothingToDoError where there are no pictures, and
    UsageError where SRC cannot be read, or a result would take the place of a source or of
    another result, or (`existing` being "error") of a file that stands there already.
    """
    try:
        if not os.path.lexists(source):
            raise UsageError(f"{source} does not exist")
        if source.is_dir():
            folders = Folders(destination, comparisons)
            planned = _plan_folder(source, folders, recursive, file_format)
        else:
            planned = _plan_picture(source, destination, comparisons, file_format)
        if collision := find_collision(planned):
            raise UsageError(collision)
        if existing == "error":
            _refuse_existing(planned)
        elif existing == "skip":
            planned.keep_standing()
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error
    if limit is not None:
        planned.limit(limit)
    return planned


def make_folders(planned: Plan) -> None:
    """Make the folders of the results where they are missing; raises UsageError.

    What a killed run left half-written in them is removed.
    """
    for folder in planned.folders.in_use():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise UsageError(f"{folder} is not a folder") from error
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {error.strerror}") from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(f"{folder} cannot be written to")
        for name in planned.inner_folders():
            inner = folder / name
            # Where this fails, the pictures that belong there will fail with the reason.
            with contextlib.suppress(OSError):
                inner.mkdir(parents=True, exist_ok=True)
            remove_leftovers(inner)


def _plan_folder(source: Path, folders: Folders, recursive: bool, file_format: Format) -> Plan:
    for folder in folders.in_use():
        if folder.exists() and source.samefile(folder):
            raise UsageError(f"{source} and {folder} are the same folder; results need another")
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
    found = search_pictures(source, recursive, leave_out=folders.destination)
    planned = Plan(
        source,
        folders,
        unreadable=found.unreadable,
        others=found.others,
        linked_folders=len(found.linked_folders),
    )
    for picture in _outside(found.pictures, folders, source):
        planned.add(str(picture.relative_to(source)), None, file_format)
    if not planned.names and not planned.unreadable:
        raise NothingToDoError(_nothing_found(planned, recursive))
    return planned


def _plan_picture(
    source: Path,
    destination: Path,
    comparisons: Path | None,
    file_format: Format,
) -> Plan:
    suffix = destination.suffix.lower()
    if suffix not in SUFFIXES or destination.is_dir():
        if destination.exists():
            if not destination.is_dir():
                raise UsageError(f"{destination} is neither a folder nor a picture's name")
        elif suffix:
            known = ", ".join(sorted(SUFFIXES))
            raise UsageError(
                f"{destination} is no folder that exists, nor a name that a picture can be "
                f"written under ({known}); give one of these"
            )
        folder, result = destination, None
    else:
        folder, result = destination.parent, destination.name
        if file_format != "keep" and suffix.replace("jpeg", "jpg") != f".{file_format}":
            raise UsageError(f"{destination} is no name for --format {file_format}")
    planned = Plan(source.parent, Folders(folder, comparisons))
    planned.add(source.name, result, file_format)
    return planned


def _outside(pictures: Sequence[Path], folders: Folders, source: Path) -> Sequence[Path]:
    """Leave out the pictures that lie in a folder of results within the source."""
    top = Path(os.path.realpath(source))
    results = [Path(os.path.realpath(folder)) for folder in folders.in_use()]
    inner = {folder for folder in results if top in folder.parents}
    if not inner:
        return pictures
    parents = {picture.parent for picture in pictures}
    real = {parent: Path(os.path.realpath(parent)) for parent in parents}
    left_out = {parent for parent in parents if inner & {real[parent], *real[parent].parents}}
    return [picture for picture in pictures if picture.parent not in left_out]


def _refuse_existing(planned: Plan) -> None:
    standing = [path for task in planned for path in task.results() if os.path.lexists(path)]
    if standing:
        more = f" and {len(standing) - 1} more exist" if len(standing) > 1 else " exists"
        raise UsageError(f"{standing[0]}{more} already (--existing error)")


def _nothing_found(planned: Plan, recursive: bool) -> str:
    message = f"no pictures in {planned.source}"
    if planned.others:
        message += f", but other files: {planned.others}"
    if not recursive and any(entry.is_dir() for entry in os.scandir(planned.source)):
        message += "; --recursive looks into its sub-folders, too"
    return message
