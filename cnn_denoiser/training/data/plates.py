"""Sharp plates to learn from: of one's own, synthetic, recombined."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from cnn_denoiser.model_files.digest import sha256
from plates import draw_plate
from plates.characters import PLACES, CharacterPlaces
from plates.plate import Plate
from plates.recombination import recombine
from plumbing.pictures.codec import PictureError, read_picture
from plumbing.pictures.search import find_pictures

SYNTHETIC_EPOCH = 2048  # some 300 MB of drawn plates
ALIKE_SHARE = 0.25  # of the synthetic plates that have a character that looks like another


class SharpPlates(Protocol):
    """Sharp plates that can be had by number, again and again."""

    def __len__(self) -> int:
        """Return how many plates make an epoch."""

    def plate(self, index: int, random: np.random.Generator) -> Plate:
        """Return plate `index`; `random` serves plates that are drawn."""


@dataclass(frozen=True)
class PlatesInFolders:
    """Plates of one's own; the files are read when they are needed.

    texts: what each says, or None; empty where no text is known.
    """

    paths: tuple[Path, ...]
    texts: tuple[str | None, ...] = ()

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self.paths)

    def only(self, indices: Iterable[int]) -> PlatesInFolders:
        """Return some of the plates."""
        chosen = list(indices)
        texts = tuple(self.texts[index] for index in chosen) if self.texts else ()
        return PlatesInFolders(tuple(self.paths[index] for index in chosen), texts)

    def plate(self, index: int, random: np.random.Generator) -> Plate:
        """Return picture `index` as it is in its file; raises `PictureError`."""
        path = self.paths[index]
        try:
            return Plate(read_picture(path), self.texts[index] if self.texts else None)
        except (PictureError, OSError) as error:
            raise PictureError(f"{path} can no longer be read: {error}") from error


@dataclass(frozen=True)
class SyntheticPlates:
    """Plates that are drawn; `random` alone says what they show."""

    count: int = SYNTHETIC_EPOCH

    def __len__(self) -> int:
        """Return how many plates count as an epoch."""
        return self.count

    def plate(self, index: int, random: np.random.Generator) -> Plate:
        """Return a plate drawn from `random`."""
        return Plate(*draw_plate(random, alike_share=ALIKE_SHARE))


@dataclass(frozen=True)
class MixedPlates:
    """Plates of one's own, each replaced now and then by a synthetic or a recombined one.

    own: at least one plate.
    synthetic_share: how many are drawn.
    recombined_share: how many of the others get some characters of other plates ...
    characters: ... which are found with this.
    """

    own: PlatesInFolders
    characters: CharacterPlaces
    synthetic_share: float = 0.0
    recombined_share: float = 0.0

    def __len__(self) -> int:
        """Return how many plates of one's own there are."""
        return len(self.own)

    def plate(self, index: int, random: np.random.Generator) -> Plate:
        """Return plate `index` as it is or recombined, or a synthetic one."""
        if self.synthetic_share and random.random() < self.synthetic_share:
            return Plate(*draw_plate(random, alike_share=ALIKE_SHARE))
        plate = self.own.plate(index, random)
        # Others than of seven characters stand where none of them is exchanged for another.
        fits = plate.text is None or len(plate.text) == PLACES + 1
        if self.recombined_share and random.random() < self.recombined_share and fits:
            return recombine(plate, lambda place: self._donor(place, random), random)
        return plate

    def _donor(self, place: int, random: np.random.Generator) -> tuple[Plate, int]:
        index, place_there = self.characters.draw(place, random)
        return self.own.plate(index, random), place_there


def content(path: Path) -> bytes:
    """Return the SHA-256 digest of a file, which is read once as long as it does not change."""
    status = path.stat()
    return _digest(path, status.st_size, status.st_mtime_ns)


@functools.cache
def _digest(path: Path, size: int, changed: int) -> bytes:
    return bytes.fromhex(sha256(path))


def without_copies(plates: PlatesInFolders, kept: PlatesInFolders) -> PlatesInFolders:
    """Return plates but for those whose files hold the same as one of `kept`."""
    contents = {content(path) for path in kept.paths}
    return plates.only(
        index for index, path in enumerate(plates.paths) if content(path) not in contents
    )


def open_folders(
    folders: Sequence[Path], on_unreadable: Callable[[Path, str], None]
) -> PlatesInFolders:
    """Find the readable pictures of some folders.

    Every file is read once, so that a bad one is known now and not after hours of training;
    `on_unreadable(path, reason)` is called for each of those. Raises `PictureError` where no
    readable picture is left, `OSError` where a folder cannot be listed.
    """
    readable = []
    for folder in folders:
        for path in find_pictures(folder):
            try:
                read_picture(path)
            except (PictureError, OSError) as error:
                on_unreadable(path, str(error))
            else:
                readable.append(path)
    if not readable:
        raise PictureError(f"no readable pictures in {', '.join(map(str, folders))}")
    return PlatesInFolders(tuple(readable))
