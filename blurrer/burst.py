"""Several pictures of one plate, as a camera takes them one after the other."""

from __future__ import annotations

import numpy as np

from blurrer import geometry
from blurrer.camera import draw_light, draw_target, expose, mixed_grey
from blurrer.camera_ranges import CAMERA
from blurrer.pair import Pair
from plumbing.pictures.frame import HEIGHT, WIDTH

# Standard deviations of how the plate lies in one crop against the next: pixels along and across
# the rows, a share of its size, degrees.
_SHIFT = (2.5, 1.5)
_SCALE = 0.01
_ROTATION = 0.5


def make_burst(
    sharp: np.ndarray,
    rng: np.random.Generator,
    count: int,
    difficulty: float | None = None,
) -> list[Pair]:
    """Return `count` pairs of one plate under the profile `camera`.

    Plate, light and roughly the pose are the same in all of them; blur, sensor, noise and
    compression are drawn anew for each. `sharp` is uint8, BGR (H, W, 3) or grey (H, W), of any
    size; the pairs are those of `make_pair`. `difficulty` lies between 0 and 1; None: it is drawn
    for each pair as the profile does.
    """
    grey = mixed_grey(sharp, rng) if sharp.ndim == 3 else sharp
    target = draw_target(grey, rng)
    light = draw_light(rng, CAMERA)
    pairs = []
    for _ in range(count):
        seen = _move(target, rng)
        drawn = rng.random() ** CAMERA.difficulty_exponent if difficulty is None else difficulty
        pairs.append(Pair(expose(seen, rng, drawn, light), sharp=seen))
    return pairs


def _move(target: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a frame with its content a little moved, turned and scaled."""
    angle = np.deg2rad(rng.normal(0, _ROTATION))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
    centre = np.array([WIDTH / 2, HEIGHT / 2])
    moved = (corners - centre) @ turn.T * (1 + rng.normal(0, _SCALE)) + centre
    return geometry.warp(target, corners, moved + rng.normal(0, _SHIFT))
