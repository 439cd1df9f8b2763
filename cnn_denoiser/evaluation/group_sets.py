"""Groups of frames, each of one plate, that deblurring is measured on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from blurrer.burst import make_burst
from cnn_denoiser.deblurring.groups.fusion import Frame, Fuse, deblur_together
from cnn_denoiser.deblurring.groups.registration import register
from cnn_denoiser.deblurring.reading import Reading, together
from cnn_denoiser.deblurring.restoration import restore
from cnn_denoiser.evaluation.measurement import Check, Deblur, Restored
from cnn_denoiser.evaluation.picture_sets import PictureSet
from cnn_denoiser.measures.plate_texts import comparable, letters_and_digits
from plates import draw_kind, draw_plate, ground_colour
from plumbing.labels import WILDCARD
from plumbing.pictures.frame import HEIGHT, WIDTH

COUNTS = (1, 2, 3, 5, 10)  # frames of a synthetic burst
DIFFICULTY = 0.9  # of their blur: about as badly read as real pictures

# What is made of a group: its first frame, its sharpest one, all of them.
WAYS: dict[str, Fuse] = {"sharpest": "best", "fused": "fused"}
ONE_FRAME = "one frame"


@dataclass(frozen=True)
class GroupSet:
    """Groups of frames. Lists run in parallel.

    pictures: what is known of each group; its pictures and frames are the groups' first ones.
    groups:   of each group all frames, uint8 (N, 90, 270).
    sources:  of each group the pictures that the frames are of, uint8, grey or BGR, of any size.
    """

    pictures: PictureSet
    groups: list[np.ndarray]
    sources: list[list[np.ndarray]]


class Joined(NamedTuple):
    """What a network makes of groups in one way. Lists run parallel to the groups.

    pictures: uint8, grey (90, 270) or BGR (90, 270, 3).
    readings: of the frames that are used, together; None where the network does not read.
    """

    pictures: list[np.ndarray]
    readings: list[Reading] | None


def group_set_names(synthetic: bool, labelled: bool) -> list[str]:
    """Return the names of the sets, as `PictureSet.name` has them."""
    names = ["labelled-groups"] if labelled else []
    return names + ([f"synthetic-bursts-{count}" for count in COUNTS] if synthetic else [])


def find_repeats(pictures: PictureSet) -> GroupSet:
    """Return the plates of a labelled set that appear more than once.

    The same plates are those whose letters and digits are all known, and equal.
    """
    places: dict[str, list[int]] = {}
    for index, label in enumerate(pictures.labels):
        text = letters_and_digits(comparable(label or ""))
        if text and WILDCARD not in text:
            places.setdefault(text, []).append(index)
    chosen = [indices for indices in places.values() if len(indices) > 1]
    firsts = [indices[0] for indices in chosen]
    of_groups = replace(
        pictures,
        name="labelled-groups",
        description=f"{pictures.description}: plates seen more than once, "
        f"{sum(map(len, chosen))} pictures in all",
        names=[pictures.names[index] for index in firsts],
        pictures=[pictures.pictures[index] for index in firsts],
        frames=pictures.frames[firsts],
        labels=[pictures.labels[index] for index in firsts],
        colours=[pictures.colours[index] for index in firsts],
        recognised=0,
    )
    return GroupSet(
        of_groups,
        [pictures.frames[indices] for indices in chosen],
        [[pictures.pictures[index] for index in indices] for indices in chosen],
    )


def draw_bursts(count: int, seed: int, check: Check) -> list[GroupSet]:
    """Draw synthetic plates, and bursts of each of them: plate i by the random stream (seed, i).

    The plates are those of `draw_plates`, and the frames of a short burst are the first ones of a
    long one.
    """
    bursts, labels, colours = [], [], []
    for index in range(count):
        check()
        random = np.random.default_rng([seed, index])
        kind = draw_kind(random)
        plate, text = draw_plate(random, kind)
        pairs = make_burst(plate, random, max(COUNTS), DIFFICULTY)
        bursts.append(np.stack([pair.blurred for pair in pairs]))
        labels.append(text)
        colours.append(ground_colour(kind))
    firsts = np.stack([frames[0] for frames in bursts])
    return [
        GroupSet(
            PictureSet(
                name=f"synthetic-bursts-{size}",
                description=f"synthetic plates (seed {seed}), profile camera at difficulty "
                f"{DIFFICULTY}, bursts of {size}",
                names=[f"{index:05}" for index in range(count)],
                pictures=list(firsts),
                frames=firsts,
                targets=None,
                labels=list(labels),
                colours=list(colours),
            ),
            [frames[:size] for frames in bursts],
            [list(frames[:size]) for frames in bursts],
        )
        for size in COUNTS
    ]


def join_groups(
    groups: GroupSet, networks: Mapping[str, Deblur], check: Check
) -> dict[str, Joined]:
    """Return what each network makes of each group, in each way, by network and way."""
    outputs: dict[str, Joined] = {}
    several = any(len(frames) > 1 for frames in groups.groups)
    for name, deblur in networks.items():
        deblurred = []
        for frames in groups.groups:
            check()
            deblurred.append(deblur(frames))
        outputs[f"{name}, {ONE_FRAME}"] = _in_one(
            [
                (
                    restore(part.frames[0], WIDTH, HEIGHT, sources[0]),
                    part.readings[0] if part.readings else None,
                )
                for part, sources in zip(deblurred, groups.sources, strict=True)
            ]
        )
        for way, how in WAYS.items() if several else ():
            outputs[f"{name}, {way}"] = _in_one(
                [
                    _join(*group, deblur, how)
                    for group in zip(groups.groups, groups.sources, deblurred, strict=True)
                ]
            )
    return outputs


def count_fitting(groups: GroupSet, deblur: Deblur) -> str:
    """Tell how many pairs of frames of one plate fit each other, and how many of two plates.

    Of each group the first two; and the first frame with the second one of the next group.
    """
    deblurred = [deblur(frames[:2]).frames for frames in groups.groups]
    same = [register(*frames).succeeded for frames in deblurred]
    other = [register(one[0], next_one[1]).succeeded for one, next_one in pairwise(deblurred)]
    return (
        f"Of {len(same)} pairs of frames of one plate, {sum(same)} fit each other; of {len(other)} "
        f"pairs of two plates, {sum(other)}."
    )


def _in_one(parts: list[tuple[np.ndarray, Reading | None]]) -> Joined:
    """Return what was made of several groups, one result each."""
    readings = [reading for _, reading in parts if reading is not None]
    return Joined([picture for picture, _ in parts], readings or None)


def _join(
    frames: np.ndarray,
    sources: list[np.ndarray],
    restored: Restored,
    deblur: Deblur,
    how: Fuse,
) -> tuple[np.ndarray, Reading | None]:
    """Return the picture that is made of a group's frames, and what they say together."""
    pairs = zip(frames, restored.frames, strict=True)
    result, fusion = deblur_together(
        [Frame(blurred, deblurred) for blurred, deblurred in pairs],
        lambda average: deblur(average).frames,
        how,
    )
    picture = restore(result, WIDTH, HEIGHT, sources[fusion.reference])
    if restored.readings is None:
        return picture, None
    used = zip(restored.readings, fusion.fits, strict=True)
    return picture, together([reading for reading, fit in used if fit.used])
