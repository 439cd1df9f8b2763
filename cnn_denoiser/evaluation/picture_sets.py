"""The sets of pictures that deblurring is measured on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from blurrer import Pair, make_pair
from cnn_denoiser.evaluation.plate_colour import recognise_colour
from plates import draw_kind, draw_plate, ground_colour
from plumbing.labels import Labels, named_pictures
from plumbing.pictures.codec import PictureError, read_picture
from plumbing.pictures.frame import HEIGHT, WIDTH, to_frame
from plumbing.pictures.search import find_pictures

_log = logging.getLogger(__name__)


@dataclass
class PictureSet:
    """Blurred pictures, and what is known about them. Lists run in parallel.

    name:        a short name for files: "synthetic-camera".
    description: what they are, in words, without paths.
    names:       the pictures' file names, or their numbers where they were drawn.
    pictures:    as they are, uint8, grey or BGR, of any size: what the OCR engine reads "before".
    frames:      the same as uint8 grey `(N, 90, 270)`: what is deblurred.
    targets:     what they should become, uint8 grey `(N, 90, 270)`; None where nobody knows.
    labels:      what stands on each plate; None where that is not known.
    colours:     of each plate's ground, one of `COLOURS`; None where that is not known.
    recognised:  how many of the colours were recognised from the pictures and not given.
    problems:    what could not be used and why, a line each.
    """

    name: str
    description: str
    names: list[str]
    pictures: list[np.ndarray]
    frames: np.ndarray
    targets: np.ndarray | None
    labels: list[str | None]
    colours: list[str | None]
    recognised: int = 0
    problems: list[str] = field(default_factory=list)


def draw_plates(
    count: int, profile: str, seed: int, check: Callable[[], None] = lambda: None
) -> PictureSet:
    """Draw synthetic plates and blur them: plate i, and its blur, by the random stream (seed, i).

    They are those of `python3 -m plates`. No training sees them: its streams have three numbers or
    four, the last of them above zero. `check` is called before each, and raises to stop.
    """
    labels: list[str | None] = []
    colours: list[str | None] = []
    pairs = []
    for index in range(count):
        check()
        random = np.random.default_rng([seed, index])
        kind = draw_kind(random)
        plate, text = draw_plate(random, kind)
        labels.append(text)
        colours.append(ground_colour(kind))
        pairs.append(make_pair(plate, random, profile))
    frames, targets = Pair.stack(pairs)
    return PictureSet(
        name=f"synthetic-{profile}",
        description=f"synthetic plates (seed {seed}), profile {profile}",
        names=[f"{index:05}" for index in range(count)],
        pictures=list(frames),
        frames=frames,
        targets=targets,
        labels=labels,
        colours=colours,
    )


@dataclass(frozen=True)
class SharpFolder:
    """The sharp plates of a folder. Lists run in parallel.

    folder:     where they lie.
    numbers:    their places in the sorted folder, which their random streams hang on.
    names, pictures, labels, colours, recognised, problems: as in `PictureSet`, but sharp.
    """

    folder: Path
    numbers: list[int]
    names: list[str]
    pictures: list[np.ndarray]
    labels: list[str | None]
    colours: list[str | None]
    recognised: int
    problems: list[str]


def read_sharp_folder(folder: Path, labels: Labels | None) -> SharpFolder:
    """Read a folder of sharp plates; colours that are not given are recognised.

    Logs how many have a label. Raises OSError.
    """
    numbers, names, pictures, texts, problems = [], [], [], [], []
    paths = find_pictures(folder)
    known = labels.of_pictures(paths) if labels else [None] * len(paths)
    for number, path in enumerate(paths):
        try:
            pictures.append(read_picture(path))
        except (PictureError, OSError) as error:
            problems.append(f"{path}: {error}")
            continue
        numbers.append(number)
        names.append(path.name)
        texts.append(known[number])
    given = [labels.colour(name) if labels else None for name in names]
    colours, recognised = _find_colours(given, pictures)
    return SharpFolder(folder, numbers, names, pictures, texts, colours, recognised, problems)


def blur_plates(plates: SharpFolder, profile: str, seed: int) -> PictureSet:
    """Blur sharp plates: picture i of the sorted folder by the random stream (seed, i).

    The sharp ones are the blurrer's targets.
    """
    pairs = [
        make_pair(picture, np.random.default_rng([seed, number]), profile)
        for number, picture in zip(plates.numbers, plates.pictures, strict=True)
    ]
    frames = [pair.blurred for pair in pairs]
    return PictureSet(
        name=f"sharp-{profile}",
        description=f"sharp plates of {plates.folder.resolve().name}, profile {profile}, "
        f"seed {seed}",
        names=plates.names,
        pictures=frames,
        frames=_stack(frames),
        targets=_stack([pair.sharp for pair in pairs]),
        labels=plates.labels,
        colours=plates.colours,
        recognised=plates.recognised,
        problems=plates.problems,
    )


def read_labelled_folder(folder: Path, labels: Labels, set_name: str | None) -> PictureSet:
    """Read the pictures that a file of labels names, in its order.

    Colours that are not given are recognised from the pictures. Logs how many pictures of the
    folder have a label. Raises OSError.
    """
    pictures, problems = read_named(folder, list(labels.texts))
    found = {name: picture for name, picture in pictures.items() if picture is not None}
    count = len(find_pictures(folder))
    _log.info("%s: %d of %d pictures have a text", labels.path, len(found), count)
    colours, recognised = _find_colours([labels.colour(name) for name in found], found.values())
    of_set = "" if set_name is None else f", set {set_name}"
    return PictureSet(
        name="labelled",
        description=f"labelled plates of {folder.resolve().name}{of_set}",
        names=list(found),
        pictures=list(found.values()),
        frames=_stack([to_frame(picture) for picture in found.values()]),
        targets=None,
        labels=[labels.texts[name] for name in found],
        colours=colours,
        recognised=recognised,
        problems=problems,
    )


def read_named(
    folder: Path, names: Sequence[str]
) -> tuple[dict[str, np.ndarray | None], list[str]]:
    """Read the pictures of a folder that go by these names, or by their stems: a.jpg, then a.png.

    Returns the picture of each name, None where it is missing or unreadable, and the problems.
    Raises OSError.
    """
    pictures: dict[str, np.ndarray | None] = {}
    problems = []
    for name, path in named_pictures(names, find_pictures(folder)).items():
        pictures[name] = None
        if path is None:
            problems.append(f"{folder / name}: missing")
            continue
        try:
            pictures[name] = read_picture(path)
        except (PictureError, OSError) as error:
            problems.append(f"{path}: {error}")
    return pictures, problems


def _find_colours(
    given: Sequence[str | None], pictures: Iterable[np.ndarray]
) -> tuple[list[str | None], int]:
    """Recognise the colours that are not given; return all, and how many were recognised."""
    colours = [
        colour or recognise_colour(picture) for colour, picture in zip(given, pictures, strict=True)
    ]
    recognised = sum(
        colour is not None and known is None for colour, known in zip(colours, given, strict=True)
    )
    return colours, recognised


def _stack(frames: list[np.ndarray]) -> np.ndarray:
    return np.stack(frames) if frames else np.empty((0, HEIGHT, WIDTH), np.uint8)
