"""The five profiles of the original contest entry: grey, plain scaling, every blur at once."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from blurrer import degradations, geometry, kernels
from blurrer.pair import Pair
from plumbing.pictures.frame import HEIGHT, WIDTH


def main(sharp: np.ndarray, rng: np.random.Generator) -> Pair:
    """Blur with everything at once.

    Gaussian kernel of 3 to 7 px with sigma 1 to 5, motion of 11 to 25 px at any angle, pixels of
    4 to 7 px, up to 13 grey levels brighter or darker, CLAHE in 1 to 20 tiles a side.
    """
    target = _in_perspective(sharp, rng)
    blurred = _gaussian(target, rng, 3, 7)
    blurred = degradations.convolve(blurred, kernels.motion(rng.uniform(11, 25), _angle(rng)))
    blurred = degradations.pixelate(blurred, rng.uniform(4, 7))
    blurred = degradations.brightness(blurred, rng.uniform(-13, 13))
    tiles = int(rng.integers(1, 21))
    return Pair(degradations.equalise(blurred, rng.uniform(1, 3), (tiles, tiles)), sharp=target)


def brightness(sharp: np.ndarray, rng: np.random.Generator) -> Pair:
    """Shift by 50 to 100 grey levels, up or down, on a slight blur."""
    target = _in_perspective(sharp, rng)
    shift = rng.uniform(50, 100) * rng.choice([-1, 1])
    return Pair(degradations.brightness(_gaussian(target, rng, 3, 7), shift), sharp=target)


def pixelation(sharp: np.ndarray, rng: np.random.Generator) -> Pair:
    """Blur with a Gaussian kernel of 9 to 23 px, then pixels of 4 to 7 px."""
    target = _in_perspective(sharp, rng)
    blurred = _gaussian(target, rng, 9, 23)
    return Pair(degradations.pixelate(blurred, rng.uniform(4, 7)), sharp=target)


def vertical(sharp: np.ndarray, rng: np.random.Generator) -> Pair:
    """Move by 17 to 29 px at 90 +/- 10 degrees."""
    target = _in_perspective(sharp, rng)
    kernel = kernels.motion(rng.uniform(17, 29), 90 + rng.uniform(-10, 10))
    return Pair(degradations.convolve(target, kernel), sharp=target)


def mild(sharp: np.ndarray, rng: np.random.Generator) -> Pair:
    """Blur with everything at 3 to 5 px: Gaussian kernel, motion, pixels."""
    target = _in_perspective(sharp, rng)
    blurred = _gaussian(target, rng, 3, 5)
    blurred = degradations.convolve(blurred, kernels.motion(rng.uniform(3, 5), _angle(rng)))
    return Pair(degradations.pixelate(blurred, rng.uniform(3, 5)), sharp=target)


# How often the mixture `original` draws each of them, of 100.
FREQUENCIES: dict[str, tuple[Callable[[np.ndarray, np.random.Generator], Pair], int]] = {
    "main": (main, 88),
    "brightness": (brightness, 3),
    "pixelation": (pixelation, 2),
    "vertical": (vertical, 5),
    "mild": (mild, 2),
}


def original(sharp: np.ndarray, rng: np.random.Generator) -> Pair:
    """Draw one of the five, as often as the original did."""
    draw = int(rng.integers(100))
    profiles = [profile for profile, share in FREQUENCIES.values() for _ in range(share)]
    return profiles[draw](sharp, rng)


def plain_grey(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a BGR picture (H, W, 3) in grey (H, W) as the eye weighs colours; draws nothing."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _gaussian(
    picture: np.ndarray, rng: np.random.Generator, smallest: int, largest: int
) -> np.ndarray:
    """Blur with a Gaussian kernel of an odd size from `smallest` to `largest`, sigma 1 to 5."""
    size = 2 * int(rng.integers(smallest // 2, largest // 2 + 1)) + 1
    return degradations.gaussian(picture, size, rng.uniform(1, 5))


def _angle(rng: np.random.Generator) -> float:
    return rng.uniform(0, 180)


def _in_perspective(sharp: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the picture scaled to the frame, each of its corners moved by up to 4 px."""
    corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
    return geometry.warp(geometry.fit(sharp), corners, corners + rng.uniform(-4, 4, (4, 2)))
