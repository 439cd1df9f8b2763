"""Sharp plates to learn from: of one's own, synthetic, recombined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from plates import draw_plate
from plates.characters import CharacterPlaces
from plates.recombination import recombine
from plumbing.pictures.codec import PictureError, read_picture
from plumbing.pictures.search import find_pictures

SYNTHETIC_PASS = 10_000  # a pass over plates that never repeat is a convention only


class SharpPlates(Protocol):
    """Sharp plates that can be had by number, again and again."""

    def __len__(self) -> int:
        """Return how many plates make a pass."""

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return plate `index` as uint8 BGR `(H, W, 3)`; `random` serves plates that are drawn."""


@dataclass(frozen=True)
class PlatesInFolders:
    """Plates of one's own; the files are read when they are needed."""

    paths: tuple[Path, ...]

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self.paths)

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return picture `index` as it is in its file; raises `PictureError`."""
        path = self.paths[index]
        try:
            return read_picture(path)
        except (PictureError, OSError) as error:
            raise PictureError(f"{path} can no longer be read: {error}") from error


@dataclass(frozen=True)
class SyntheticPlates:
    """Plates drawn anew at every use: no two batches show the same."""

    count: int = SYNTHETIC_PASS

    def __len__(self) -> int:
        """Return how many plates count as a pass."""
        return self.count

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return a plate drawn from `random`."""
        return draw_plate(random)[0]


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

    def picture(self, index: int, random: np.random.Generator) -> np.ndarray:
        """Return plate `index` as it is or recombined, or a synthetic one."""
        if self.synthetic_share and random.random() < self.synthetic_share:
            return draw_plate(random)[0]
        plate = self.own.picture(index, random)
        if self.recombined_share and random.random() < self.recombined_share:
            return recombine(plate, lambda place: self._donor(place, random), random)
        return plate

    def _donor(self, place: int, random: np.random.Generator) -> tuple[np.ndarray, int]:
        index, place_there = self.characters.draw(place, random)
        return self.own.picture(index, random), place_there


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
