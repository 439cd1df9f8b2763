"""The sets of pictures that deblurring is measured on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from blurrer import Pair, make_pair
from cnn_denoiser.evaluation.plate_colour import COLOURS, recognise_colour
from plates import draw_plate
from plates.render import KIND_SHARES
from plumbing.labels import read_colours, read_labels
from plumbing.pictures.codec import PictureError, find_pictures, read_picture
from plumbing.pictures.frame import HEIGHT, WIDTH, to_frame


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


def draw_plates(count: int, profile: str, seed: int) -> PictureSet:
    """Draw synthetic plates and blur them: plate i, and its blur, by the random stream (seed, i).

    They are those of `python3 -m plates`. No training sees them: its streams have three numbers,
    the last of them above zero.
    """
    labels: list[str | None] = []
    colours: list[str | None] = []
    pairs = []
    for index in range(count):
        random = np.random.default_rng([seed, index])
        kind = str(random.choice(list(KIND_SHARES), p=list(KIND_SHARES.values())))
        plate, text = draw_plate(random, kind)
        labels.append(text)
        colours.append(kind)
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


def blur_folder(folder: Path, profile: str, seed: int, labels_file: Path | None) -> PictureSet:
    """Blur a folder of sharp plates: picture i of the sorted ones by the random stream (seed, i).

    The sharp ones are the blurrer's targets; colours that are not given are recognised from the
    sharp pictures. Raises `LabelError` and OSError.
    """
    labels = _by_stem_too(read_labels(labels_file)) if labels_file else {}
    given = _by_stem_too(read_colours(labels_file, COLOURS)) if labels_file else {}
    names, sharps, targets, frames, problems = [], [], [], [], []
    for index, path in enumerate(find_pictures(folder)):
        try:
            sharp = read_picture(path)
        except PictureError as error:
            problems.append(f"{path}: {error}")
            continue
        blurred, target = make_pair(sharp, np.random.default_rng([seed, index]), profile)
        names.append(path.name)
        sharps.append(sharp)
        targets.append(target)
        frames.append(blurred)
    colours, recognised = _find_colours(
        [given.get(name, given.get(Path(name).stem)) for name in names], sharps
    )
    return PictureSet(
        name=f"sharp-{profile}",
        description=f"sharp plates of {folder.resolve().name}, profile {profile}, seed {seed}",
        names=names,
        pictures=frames,
        frames=_stack(frames),
        targets=_stack(targets),
        labels=[labels.get(name, labels.get(Path(name).stem)) for name in names],
        colours=colours,
        recognised=recognised,
        problems=problems,
    )


def read_blurred_folder(folder: Path, labels_file: Path, set_name: str | None) -> PictureSet:
    """Read the blurred pictures that a file of labels names, in its order.

    Colours that are not given are recognised from the pictures. Raises `LabelError` and OSError.
    """
    labels = read_labels(labels_file, set_name)
    given = read_colours(labels_file, COLOURS)
    pictures, problems = read_named(folder, list(labels))
    found = {name: picture for name, picture in pictures.items() if picture is not None}
    colours, recognised = _find_colours([given.get(name) for name in found], found.values())
    of_set = "" if set_name is None else f", set {set_name}"
    return PictureSet(
        name="labelled",
        description=f"labelled plates of {folder.resolve().name}{of_set}",
        names=list(found),
        pictures=list(found.values()),
        frames=_stack([to_frame(picture) for picture in found.values()]),
        targets=None,
        labels=[labels[name] for name in found],
        colours=colours,
        recognised=recognised,
        problems=problems,
    )


def read_named(folder: Path, names: list[str]) -> tuple[dict[str, np.ndarray | None], list[str]]:
    """Read the pictures of a folder that go by these names, or by their stems: a.jpg, then a.png.

    Returns the picture of each name, None where it is missing or unreadable, and the problems.
    Raises OSError.
    """
    paths = find_pictures(folder)
    by_name = {path.stem: path for path in paths} | {path.name: path for path in paths}
    pictures: dict[str, np.ndarray | None] = {}
    problems = []
    for name in names:
        pictures[name] = None
        path = by_name.get(name) or by_name.get(Path(name).stem)
        if path is None:
            problems.append(f"{folder / name}: missing")
            continue
        try:
            pictures[name] = read_picture(path)
        except PictureError as error:
            problems.append(f"{path}: {error}")
    return pictures, problems


def _by_stem_too(by_name: dict[str, str]) -> dict[str, str]:
    """Let what is known by a name be found by its stem, too; whole names go first."""
    return {Path(name).stem: value for name, value in by_name.items()} | by_name


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
