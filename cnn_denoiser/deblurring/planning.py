"""What there is to deblur, and where the results go: settled before any work begins."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from cnn_denoiser.deblurring.collisions import find_collision
from cnn_denoiser.deblurring.existing import names_in
from cnn_denoiser.deblurring.groups.grouped_plan import group
from cnn_denoiser.deblurring.groups.grouping import Grouping
from cnn_denoiser.deblurring.locations import add_stored, find_destination, find_source
from cnn_denoiser.deblurring.plan import Format, Plan
from cnn_denoiser.deblurring.reporting.report import check_report
from cnn_denoiser.deblurring.shard import Shard
from plumbing.commands.errors import NothingToDoError, UsageError, file_and_reason
from plumbing.files.folders import check_folders
from plumbing.pictures.codec import SUFFIXES, search_pictures
from plumbing.storage.locations import Location
from plumbing.storage.stored import Folder

Existing = Literal["overwrite", "skip", "error"]


def make_plan(
    sources: Sequence[Location],
    destination: Location | None,
    *,
    recursive: bool = False,
    existing: Existing = "overwrite",
    file_format: Format = "keep",
    shard: Shard | None = None,
    limit: int | None = None,
    grouping: Grouping | None = None,
    comparisons: Path | None = None,
    reports: Sequence[Path] = (),
) -> Plan:
    """List pictures, and those of folders, with the places of their results.

    Without a destination they are only read. With a `grouping` all pictures of a plate have one
    result, and so has a video. Only looks; nothing is made or changed. Raises NothingToDoError
    where there are no pictures, and UsageError where a source cannot be read, a folder of results
    cannot be made, or a result or report would take the place of a source, of another one, or
    (`existing` being "error") of a file that exists.
    """
    try:
        deep = recursive or (grouping is not None and grouping.by_folder)
        plan = _list(list(sources), destination, comparisons, deep, file_format)
        if grouping is not None:
            named = destination is not None and plan.destination == destination.parent
            group(plan, grouping, rename=not named)
        else:
            _refuse_videos(plan)
        reports = [Path(report) for report in reports]
        if collision := find_collision(plan.names, [os.fspath(report) for report in reports]):
            raise UsageError(collision)
        check_folders(plan.local_result_folders())
        made = [top / name for top in plan.local_result_folders() for name in plan.inner_folders()]
        for report in reports:
            check_report(report, made)
        if shard is not None:
            plan.keep_shard(shard)
        if existing == "error":
            _refuse_existing(plan)
        elif existing == "skip":
            plan.keep_existing()
    except OSError as error:
        raise UsageError(file_and_reason(error)) from error
    if limit is not None:
        plan.limit(limit)
    return plan


def _list(
    sources: list[Location],
    destination: Location | None,
    comparisons: Path | None,
    recursive: bool,
    file_format: Format,
) -> Plan:
    for source in sources:
        if isinstance(source, Path) and not os.path.lexists(source):
            raise UsageError(f"{source} does not exist")
    found = [find_source(source) for source in sources]
    if destination is not None and found == [None]:
        return _plan_picture(sources[0], destination, comparisons, file_format)
    plan = Plan(sources, find_destination(destination) if destination else None, comparisons)
    for results in plan.local_result_folders():
        if results.exists() and not results.is_dir():
            raise UsageError(f"{results} is not a folder")
    for source, folder in zip(sources, found, strict=True):
        if folder is None:
            plan.add_file(source, None, file_format)
        elif isinstance(folder, Path):
            _add_folder(plan, folder, recursive, file_format)
        else:
            add_stored(plan, folder, recursive, file_format)
    if not plan.entries and not plan.unreadable:
        raise NothingToDoError(_nothing_found(plan))
    return plan


def _add_folder(plan: Plan, source: Path, recursive: bool, file_format: Format) -> None:
    results = plan.local_result_folders()
    for folder in results:
        if folder.exists() and source.samefile(folder):
            raise UsageError(f"{source} and {folder} are the same folder; results need another")
    leave_out = plan.destination if isinstance(plan.destination, Path) else None
    found = search_pictures(source, recursive, leave_out)
    plan.unreadable += found.unreadable
    plan.others += found.others
    plan.linked_folders += len(found.linked_folders)
    plan.passed_over += found.passed_over
    for name in _outside(found.names, results, source):
        plan.add(source, name, None, file_format)


def _plan_picture(
    source: Location, destination: Location, comparisons: Path | None, file_format: Format
) -> Plan:
    suffix = destination.suffix.lower()
    folder: Folder
    stored = find_destination(destination)
    if not isinstance(stored, Path) and suffix not in SUFFIXES:
        folder, result = stored, None
    elif isinstance(destination, Path) and (suffix not in SUFFIXES or destination.is_dir()):
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
    plan = Plan([source], folder, comparisons)
    plan.add_file(source, result, file_format)
    return plan


def _outside(names: Sequence[str], results: Sequence[Path], source: Path) -> Sequence[str]:
    """Leave out the pictures that lie in a folder of results within the source."""
    top = Path(os.path.realpath(source))
    real_results = [Path(os.path.realpath(folder)) for folder in results]
    inner = {folder for folder in real_results if top in folder.parents}
    if not inner:
        return names
    parents = {os.path.dirname(name) for name in names}
    real = {parent: Path(os.path.realpath(source / parent)) for parent in parents}
    left_out = {parent for parent in parents if inner & {real[parent], *real[parent].parents}}
    return [name for name in names if os.path.dirname(name) not in left_out]


def _refuse_videos(plan: Plan) -> None:
    for entry in plan.entries:
        if entry.frames is not None:
            raise UsageError(
                f"{entry.folder / entry.source} is a video; --group folder makes one picture of "
                "its frames"
            )


def _refuse_existing(plan: Plan) -> None:
    taken = [(folder, names_in(folder)) for folder in plan.result_folders()]
    existing = [
        (folder, entry.result)
        for entry in plan.entries
        for folder, is_taken in taken
        if is_taken(entry.result)
    ]
    if existing:
        folder, name = existing[0]
        more = f" and {len(existing) - 1} more exist" if len(existing) > 1 else " exists"
        raise UsageError(f"{folder / name}{more} already (--existing error)")


def _nothing_found(plan: Plan) -> str:
    message = "no pictures in " + ", ".join(map(str, plan.sources))
    if plan.others:
        message += f", but other files: {plan.others}"
    if plan.passed_over:
        message += "; --recursive looks into sub-folders, too"
    return message
