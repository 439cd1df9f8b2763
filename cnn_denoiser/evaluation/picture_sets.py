"""The sets of pictures that deblurring is measured on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from blurrer import make_pair
from cnn_denoiser.evaluation.plate_reading import read_labels
from cnn_denoiser.image_files import PictureError, find_pictures, read_picture
from cnn_denoiser.image_processing import HEIGHT, WIDTH, to_frame


@dataclass
class PictureSet:
    """Blurred pictures, and what is known about them. Lists run in parallel.

    names:    the pictures' file names.
    pictures: as they are, uint8, grey or BGR, of any size: what the OCR engine reads "before".
    frames:   the same as uint8 grey `(N, 90, 270)`: what is deblurred.
    targets:  what they should become, uint8 grey `(N, 90, 270)`; None where nobody knows.
    labels:   what stands on each plate; None where that is not known.
    problems: what could not be used and why, a line each.
    """

    description: str
    names: list[str]
    pictures: list[np.ndarray]
    frames: np.ndarray
    targets: np.ndarray | None
    labels: list[str | None]
    problems: list[str] = field(default_factory=list)


def blur_folder(folder: Path, profile: str, seed: int, labels_file: Path | None) -> PictureSet:
    """Blur a folder of sharp plates: picture i of the sorted ones by the random stream (seed, i).

    The sharp ones are the blurrer's targets. Raises `LabelError` and OSError.
    """
    labels = read_labels(labels_file) if labels_file else {}
    label_of = {Path(name).stem: label for name, label in labels.items()} | labels
    names, targets, frames, problems = [], [], [], []
    for index, path in enumerate(find_pictures(folder)):
        try:
            sharp = read_picture(path)
        except PictureError as error:
            problems.append(f"{path}: {error}")
            continue
        target, blurred = make_pair(sharp, np.random.default_rng([seed, index]), profile)
        names.append(path.name)
        targets.append(target)
        frames.append(blurred)
    return PictureSet(
        description=f"{folder}, blurred by profile {profile}, seed {seed}",
        names=names,
        pictures=frames,
        frames=_stack(frames),
        targets=_stack(targets),
        labels=[label_of.get(name, label_of.get(Path(name).stem)) for name in names],
        problems=problems,
    )


def read_blurred_folder(folder: Path, labels_file: Path, set_name: str | None) -> PictureSet:
    """Read the blurred pictures that a file of labels names, in its order.

    Raises `LabelError` and OSError.
    """
    labels = read_labels(labels_file, set_name)
    pictures, problems = read_named(folder, list(labels))
    found = {name: picture for name, picture in pictures.items() if picture is not None}
    return PictureSet(
        description=str(folder) if set_name is None else f"{folder}, set {set_name}",
        names=list(found),
        pictures=list(found.values()),
        frames=_stack([to_frame(picture) for picture in found.values()]),
        targets=None,
        labels=[labels[name] for name in found],
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


def _stack(frames: list[np.ndarray]) -> np.ndarray:
    return np.stack(frames) if frames else np.empty((0, HEIGHT, WIDTH), np.uint8)
