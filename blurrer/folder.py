"""Blurring a folder of pictures into another one."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from blurrer import geometry
from blurrer.options import TARGETS, BlurOptions
from blurrer.pair import Pair
from blurrer.profiles import make_pair
from plumbing.commands.errors import CommandError, NothingToDoError, UsageError
from plumbing.files.folders import check_file, check_folders, make_folder
from plumbing.files.same_file import KnownFiles
from plumbing.pictures.codec import (
    SUFFIXES,
    PictureError,
    find_pictures,
    read_picture,
    write_picture,
)

# The preview shows the first pairs, three side by side.
PREVIEW_PAIRS = 24
PREVIEW_COLUMNS = 3

_log = logging.getLogger(__name__)


class BlurredFolder:
    """The pictures of a folder, and what is made of them.

    pictures: the sources, sorted.
    blurred:  how many of them are blurred so far.
    failed:   how many could not be; each is logged.
    """

    def __init__(self, options: BlurOptions) -> None:
        """Look for the pictures and check all places that will be written to; writes nothing.

        Raises `UsageError`, or `NothingToDoError` where there are no pictures.
        """
        self._options = options
        self.pictures = _find(options.source)
        self.blurred = self.failed = 0
        self._shown: list[Pair] = []
        check_folders(self._folders())
        if options.preview:
            _check_preview(options.preview)
        self._check_sources_stay()

    def write(self, stop: Callable[[], bool]) -> None:
        """Write the results, and the preview, until `stop` says so between two pictures.

        Raises `CommandError` where the preview cannot be written.
        """
        # The steps are too small to share between threads.
        cv2.setNumThreads(1)
        for folder in self._folders():
            make_folder(folder)
        for path in self.pictures:
            if stop():
                return
            try:
                pair = self._blur(path)
            except (PictureError, OSError) as error:
                self.failed += 1
                _log.error("%s: %s", path, _reason(error))
                continue
            self.blurred += 1
            if self._options.preview and len(self._shown) < PREVIEW_PAIRS:
                self._shown.append(pair)
        if self._options.preview and self._shown:
            _write_preview(self._options.preview, self._shown)

    def _folders(self) -> list[Path]:
        destination = self._options.destination
        return [destination, destination / TARGETS] if self._options.targets else [destination]

    def _check_sources_stay(self) -> None:
        """Raise UsageError where a result would replace a source, or another result."""
        source = self._options.source
        for folder in self._folders():
            if folder.exists() and folder.samefile(source):
                raise UsageError(f"{folder} is the same folder as {source}: name another DST")
        sources = KnownFiles()
        for path in self.pictures:
            sources.add(path)
        results = KnownFiles()
        for path in self.pictures:
            for folder in self._folders():
                result = folder / path.name
                if found := sources.find(result):
                    raise UsageError(f"{result} would replace the source {found}: name another DST")
                if found := results.find(result):
                    raise UsageError(
                        f"{result} and {found} are one file: rename one of the sources"
                    )
                results.add(result)
        preview = self._options.preview
        if preview and (sources.find(preview) or preview.parent.samefile(source)):
            raise UsageError(f"--preview {preview}: name a file outside of {source}")
        if preview and results.find(preview):
            raise UsageError(f"--preview {preview} would replace a result: name another file")

    def _blur(self, path: Path) -> Pair:
        """Blur a picture and write what it becomes. Raises PictureError and OSError."""
        options = self._options
        sharp = read_picture(path)
        if options.keep_aspect:
            sharp = geometry.fit(sharp, keep_aspect=True)
        name = path.name.encode(errors="surrogateescape")
        rng = np.random.default_rng([options.seed, zlib.crc32(name)])
        pair = make_pair(sharp, rng, options.profile, colour=options.colour)
        write_picture(options.destination / path.name, pair.blurred)
        if options.targets:
            write_picture(options.destination / TARGETS / path.name, pair.sharp)
        return pair


def _find(source: Path) -> list[Path]:
    try:
        pictures = find_pictures(source)
    except NotADirectoryError as error:
        raise UsageError(f"{source} is not a folder") from error
    except FileNotFoundError as error:
        raise UsageError(f"there is no folder {source}") from error
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror or error}") from error
    if not pictures:
        known = ", ".join(sorted(SUFFIXES))
        raise NothingToDoError(f"there are no pictures in {source} (files that end in {known})")
    return pictures


def _check_preview(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise UsageError(f"--preview {path}: its name must end in one of {known}")
    check_file(path)
    try:
        import PIL  # noqa: F401 (blurring alone does without; it draws the titles)
    except ImportError as error:
        raise UsageError(
            "--preview needs Pillow, which is not installed; run: pip install pillow"
        ) from error


def _write_preview(path: Path, pairs: list[Pair]) -> None:
    from plumbing.pictures.contact_sheet import contact_sheet

    rows = [
        [
            picture
            for pair in pairs[start : start + PREVIEW_COLUMNS]
            for picture in (pair.sharp, pair.blurred)
        ]
        for start in range(0, len(pairs), PREVIEW_COLUMNS)
    ]
    columns = min(len(pairs), PREVIEW_COLUMNS)
    try:
        write_picture(path, contact_sheet(rows, titles=["target", "blurred"] * columns))
    except (PictureError, OSError) as error:
        raise CommandError(f"--preview {path} cannot be written: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
