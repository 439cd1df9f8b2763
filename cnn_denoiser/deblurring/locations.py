"""Sources and destinations that are not folders on a disk: archives, object storage."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cnn_denoiser.deblurring.plan import Format, Plan
from plumbing.commands.errors import UsageError
from plumbing.files.folders import check_file
from plumbing.pictures.codec import SUFFIXES, search_stored_pictures
from plumbing.storage.archives import SUFFIX, Archive, NewArchive
from plumbing.storage.locations import Location
from plumbing.storage.objects import ObjectPath
from plumbing.storage.stored import Folder, StoredFolder


def find_source(source: Location) -> Folder | None:
    """Return the folder of pictures that a source is; None where it is a picture itself.

    Raises UsageError where it is an archive that cannot be read, or nothing; OSError.
    """
    if isinstance(source, Path):
        if source.is_dir():
            return source
        return Archive(source) if source.suffix.lower() == SUFFIX else None
    _refuse_archive(source)
    return None if source.suffix.lower() in SUFFIXES and source.is_object() else source


def is_archive(destination: Location) -> bool:
    """Tell whether results are asked for in an archive."""
    return (
        isinstance(destination, Path)
        and destination.suffix.lower() == SUFFIX
        and not destination.is_dir()
    )


def find_destination(destination: Location) -> Folder:
    """Return the folder that results go to. Raises UsageError where it cannot be written to."""
    if isinstance(destination, ObjectPath):
        _refuse_archive(destination)
        return destination
    if is_archive(destination):
        check_file(destination)
        if os.path.lexists(destination):
            _check_old(destination)
        return NewArchive(destination)
    return destination


def opened(destination: Folder | None) -> contextlib.AbstractContextManager[None]:
    """Return what results are written within. Entering or leaving it raises OSError."""
    if isinstance(destination, NewArchive):
        return destination.opened()
    return contextlib.nullcontext()


def add_stored(plan: Plan, folder: StoredFolder, recursive: bool, file_format: Format) -> None:
    """Add the pictures of a stored folder to a plan.

    Raises UsageError where results would go to the same place, OSError where it cannot be listed.
    """
    destination = plan.destination
    if not isinstance(destination, Path) and str(folder) == str(destination):
        raise UsageError(f"{folder} and {destination} are the same place; results need another")
    if isinstance(folder, Archive) and isinstance(destination, NewArchive):
        if destination.path.exists() and destination.path.samefile(folder.path):
            raise UsageError(f"{folder} and {destination} are the same file; results need another")
    within = _relative(destination, folder) if isinstance(destination, ObjectPath) else None
    found = search_stored_pictures(folder, recursive, within)
    plan.others += found.others
    plan.passed_over += found.passed_over
    plan.unreadable += [(folder / name, reason) for name, reason in found.unreadable]
    if isinstance(folder, Archive) and folder.damage:
        plan.unreadable.append((folder.path, folder.damage))
    for name in found.names:
        plan.add(folder, name.replace("/", os.sep), None, file_format)


def _check_old(path: Path) -> None:
    """Raise UsageError where not all that is in an archive could be kept beside new results.

    Asked before any work: what is in it is copied only at the end, when all the work could be lost.
    """
    advice = "results cannot be added to it; move it away, or name another"
    try:
        old = Archive(path)
    except UsageError as error:
        raise UsageError(f"{error}; {advice}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}; {advice}") from error
    if old.damage:
        raise UsageError(f"{path}: {old.damage}; {advice}")
    if old.others:
        raise UsageError(f"{path} holds links or other members that are no files; {advice}")


def _relative(location: ObjectPath, folder: StoredFolder) -> str | None:
    """Return the relative path of a location that lies in a folder, else None."""
    top = f"{folder}/"
    return location.url.removeprefix(top) if location.url.startswith(top) else None


def _refuse_archive(location: ObjectPath) -> None:
    if location.suffix.lower() == SUFFIX:
        raise UsageError(f"{location}: archives are read and written on a disk only; copy it there")
