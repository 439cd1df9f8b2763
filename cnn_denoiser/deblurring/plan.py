"""The pictures that there are to deblur, each with the places of what is made of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from cnn_denoiser.deblurring.existing import files_in
from cnn_denoiser.deblurring.shard import Shard
from cnn_denoiser.deblurring.unreadable import Unreadable
from plumbing.pictures.codec import SUFFIXES, PictureError, output_suffix
from plumbing.pictures.video import is_video
from plumbing.storage.locations import Location
from plumbing.storage.stored import File, Folder

Format = Literal["keep", "png", "jpg", "webp"]


@dataclass(frozen=True)
class Task:
    """One picture to deblur: where it is and where what is made of it goes.

    destination: None where the picture is only read.
    frames:      pictures of one plate, which `source` stands for; there are none where it is a
                 picture itself, or a video.
    """

    source: File
    destination: File | None
    comparison: File | None = None
    exists: bool = False  # the result is there already and shall stay
    frames: tuple[File, ...] = ()

    def results(self) -> list[File]:
        """List all files that are made of the picture."""
        return [path for path in (self.destination, self.comparison) if path]


class Entry(NamedTuple):
    """A picture by its names: `source` within a folder of sources, `result` within DST.

    frames: where `source` stands for several pictures of one plate, their names within the folder;
            none for a video, whose frames are in it.
    """

    folder: Folder
    source: str
    result: str
    frames: tuple[str, ...] | None = None


@dataclass
class Plan:
    """The pictures in order; going through it gives a Task for each.

    Names are kept instead of tasks, since there may be hundreds of thousands.
    """

    sources: list[Location]  # what was asked for: folders, pictures
    destination: Folder | None  # None where pictures are only read
    comparisons: Folder | None = None
    entries: list[Entry] = field(default_factory=list)
    existing: set[str] = field(default_factory=set)  # results that are there and shall stay
    unreadable: list[tuple[File, str]] = field(default_factory=list)  # files, folders; the reasons
    others: int = 0  # visible files that are no pictures
    linked_folders: int = 0  # they are not entered
    passed_over: int = 0  # sub-folders
    beyond_limit: int = 0
    videos: int = 0  # of the whole run, also where this is a shard of it

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Task]:
        return map(self._task, self.entries)

    def _task(self, entry: Entry) -> Task:
        source: File
        if entry.frames and not isinstance(entry.folder, Path):
            # An archive has no such member.
            source = Unreadable(os.path.join(str(entry.folder), entry.source), "several pictures")
        else:
            source = entry.folder / entry.source
        return Task(
            source,
            self.destination / entry.result if self.destination else None,
            self.comparisons / entry.result if self.comparisons else None,
            entry.result in self.existing,
            tuple(entry.folder / name for name in entry.frames or ()),
        )

    def add(self, folder: Folder, name: str, result: str | None, file_format: Format) -> None:
        """Add a picture; without a `result` that is named like its source, in its format."""
        try:
            result = result or _result_name(folder, name, file_format)
        except PictureError as error:
            self.unreadable.append((folder / name, str(error)))
        else:
            self.entries.append(Entry(folder, name, result))

    def add_file(self, file: Location, result: str | None, file_format: Format) -> None:
        """Add a picture, or a video, which becomes one picture: PNG where the format is "keep"."""
        known = file.suffix.lower() in SUFFIXES
        if known or not isinstance(file, Path) or not is_video(file):
            self.add(file.parent, file.name, result, file_format)
            return
        self.videos += 1
        suffix = "png" if file_format == "keep" else file_format
        self.entries.append(Entry(file.parent, file.name, result or f"{file.stem}.{suffix}", ()))

    def result_folders(self) -> list[Folder]:
        """List the folders that results are asked for in."""
        return [path for path in (self.destination, self.comparisons) if path]

    def local_result_folders(self) -> list[Path]:
        """List those of them that are folders on a disk."""
        return [folder for folder in self.result_folders() if isinstance(folder, Path)]

    def folders_in_use(self) -> list[Path]:
        """List the folders of sources that were asked for, and DST, those on a disk."""
        sources = [path for path in self.sources if isinstance(path, Path) and path.is_dir()]
        return [*sources, self.destination] if isinstance(self.destination, Path) else sources

    def inner_folders(self) -> list[str]:
        """List the folders within those of results, sorted; "" is the folder itself."""
        return sorted({os.path.dirname(entry.result) for entry in self.entries})

    def names(self) -> Iterator[tuple[str, list[str]]]:
        """Give the path of each source and the paths of its results, as texts."""
        folders = [os.path.join(str(folder), "") for folder in self.result_folders()]
        current, top = None, ""
        for folder, source, result, frames in self.entries:
            if folder is not current:
                current, top = folder, os.path.join(str(folder), "")
            yield top + (frames[0] if frames else source), [path + result for path in folders]
            for other in frames[1:] if frames else ():
                yield top + other, []

    def keep_existing(self) -> None:
        """Mark those whose results are all there, so that they are left as they are."""
        present = [files_in(folder) for folder in self.result_folders()]
        self.existing = {
            entry.result
            for entry in self.entries
            if all(is_there(entry.result) for is_there in present)
        }

    def keep_shard(self, shard: Shard) -> None:
        """Leave only what is in a shard; files that are no pictures count in the first one."""
        self.entries = [entry for entry in self.entries if shard.has(entry.source)]
        self.unreadable = [
            (path, reason) for path, reason in self.unreadable if shard.has(path.name)
        ]
        if shard.number > 1:
            self.others = self.linked_folders = self.passed_over = 0

    def limit(self, count: int) -> None:
        """Leave only the first `count` pictures that there is something to do for."""
        for index, entry in enumerate(self.entries):
            if entry.result not in self.existing:
                if count == 0:
                    self.beyond_limit = len(self.entries) - index
                    del self.entries[index:]
                    self.existing &= {one.result for one in self.entries}
                    return
                count -= 1


def _result_name(folder: Folder, name: str, file_format: Format) -> str:
    stem, suffix = os.path.splitext(name)
    known = suffix.lower() in SUFFIXES
    if file_format != "keep":
        return f"{stem if known else name}.{file_format}"
    return name if known else name + output_suffix(folder / name)
