"""Fusion of the frames of one plate into one: choosing a reference, weighted averaging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from cnn_denoiser.deblurring.groups.registration import Registration, coverage, lay_on, register
from cnn_denoiser.deblurring.groups.sharpness import sharpness

Fuse = Literal["fused", "best"]

# Of a frame's weight in the average: powers of its sharpness and of its fit.
_SHARPNESS_POWER = 4
_FIT_POWER = 4
# Frames that are tried as the one that the others are laid on, the sharpest first.
_CANDIDATES = 5


class Frame(NamedTuple):
    """A frame before and after the network, both uint8 (90, 270)."""

    blurred: np.ndarray
    deblurred: np.ndarray


@dataclass(frozen=True)
class Fit:
    """What became of one frame of a group.

    used:   whether it is part of the result.
    fit:    its correlation with the frame that the others are laid on; 1 for that one, None where
            it was not looked at.
    reason: why it is not used.
    """

    used: bool
    fit: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Fusion:
    """Which of several frames are used, and their average.

    reference: the index of the sharpest frame of the plate, on which the others are laid.
    average:   uint8 (90, 270), still blurred; None where only the reference is used, so that its
               own deblurred frame is the result.
    fits:      of each frame, in the order given.
    """

    reference: int
    average: np.ndarray | None
    fits: list[Fit] = field(default_factory=list)


def fuse(frames: Sequence[Frame], how: Fuse = "fused") -> Fusion:
    """Find the frames that show one plate, and average them before the network ("fused").

    The sharpest deblurred frame that at least half of the others fit is the reference, or the one
    that most fit. What fits, as blurred as it came, is laid on it by the registration of the
    deblurred frames, given its contrast, and averaged, sharp and well-fitting frames with more
    weight. "best" is the reference alone. Of equal frames only the first counts, and the order of
    the frames makes no difference. Raises ValueError without frames.
    """
    if not frames:
        raise ValueError("there must be at least one frame")
    sharp = [sharpness(frame.deblurred) for frame in frames]
    keys = [
        (-sharp[index], frame.deblurred.tobytes(), frame.blurred.tobytes())
        for index, frame in enumerate(frames)
    ]
    first_of: dict[tuple[float, bytes, bytes], int] = {}
    for index, key in enumerate(keys):
        first_of.setdefault(key, index)
    # From here on the order is that of the keys, whatever the order given was.
    order = [first_of[key] for key in sorted(first_of)]
    deblurred = [frames[index].deblurred for index in order]
    place, registrations = _find_reference(deblurred)
    reference = order[place]
    used = [at for at, found in enumerate(registrations) if found.succeeded]
    fits = [Fit(False, None, "the same picture as another frame") for _ in frames]
    for at, found in enumerate(registrations):
        fits[order[at]] = _tell(found, at == place, how)
    average = None
    if how == "fused" and len(used) > 1:
        average = _average(
            [frames[order[at]].blurred for at in used],
            [registrations[at] for at in used],
            np.array([sharp[order[at]] for at in used]),
            frames[reference].blurred,
        )
    return Fusion(reference, average, fits)


def deblur_together(
    frames: Sequence[Frame], deblur: Callable[[np.ndarray], np.ndarray], how: Fuse = "fused"
) -> tuple[np.ndarray, Fusion]:
    """Return the picture that several frames give, uint8 (90, 270), and how: see `fuse`.

    deblur: the network that the frames went through, uint8 (N, 90, 270) to the same.
    """
    fusion = fuse(frames, how)
    if fusion.average is None:
        return frames[fusion.reference].deblurred, fusion
    return deblur(fusion.average[np.newaxis])[0], fusion


def _find_reference(deblurred: Sequence[np.ndarray]) -> tuple[int, list[Registration]]:
    """Return the index of the frame that the others are laid on, and how all lie on it.

    deblurred: the sharpest first.
    """
    best: tuple[int, list[Registration]] = (0, [])
    most = 0
    for candidate in range(min(_CANDIDATES, len(deblurred))):
        found = [
            Registration(1.0, np.eye(2, 3, dtype=np.float32))
            if index == candidate
            else register(deblurred[candidate], frame)
            for index, frame in enumerate(deblurred)
        ]
        fitting = sum(one.succeeded for one in found)
        if fitting > most:
            best, most = (candidate, found), fitting
        if 2 * (fitting - 1) >= len(deblurred) - 1:
            break
    return best


def _tell(registration: Registration, is_reference: bool, how: Fuse) -> Fit:
    if is_reference:
        return Fit(True, 1.0)
    if not registration.succeeded:
        return Fit(
            False, registration.fit, "does not fit the others: another plate, or too blurred"
        )
    if how == "best":
        return Fit(False, registration.fit, "another frame is sharper")
    return Fit(True, registration.fit)


def _average(
    blurred: Sequence[np.ndarray],
    registrations: Sequence[Registration],
    sharp: np.ndarray,
    reference: np.ndarray,
) -> np.ndarray:
    """Return the weighted mean of frames laid on the reference, uint8 (90, 270)."""
    fits = np.array([one.fit for one in registrations])
    weights = (sharp / max(sharp.max(), 1e-6)) ** _SHARPNESS_POWER * fits**_FIT_POWER
    total = np.zeros(reference.shape, np.float64)
    weight_of_all = np.zeros(reference.shape, np.float64)
    for frame, registration, weight in zip(blurred, registrations, weights, strict=True):
        covered = coverage(registration)
        laid = _with_levels_of(lay_on(frame, registration), reference, covered)
        total += np.where(covered, weight * laid, 0)
        weight_of_all += np.where(covered, weight, 0)
    # The reference covers all of itself.
    return np.clip(np.rint(total / weight_of_all), 0, 255).astype(np.uint8)


def _with_levels_of(frame: np.ndarray, reference: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """Return a frame with the mean and the standard deviation of another one where it covers it."""
    own, wanted = frame[covered], reference[covered]
    return (frame - own.mean()) * (wanted.std() / max(own.std(), 1.0)) + wanted.mean()
