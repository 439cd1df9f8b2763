"""How the profile `camera` draws a movement: the path of the picture on the sensor, and its light.

Lengths are in pixels, angles in degrees, anticlockwise, 0 along the rows.
"""

from __future__ import annotations

import numpy as np

from blurrer import kernels
from blurrer.camera_ranges import CameraRanges

# A line that may be bent is made of this many straight stretches.
STRETCHES = 12


def draw_movement(
    rng: np.random.Generator, ranges: CameraRanges, difficulty: float, scale: float
) -> np.ndarray:
    """Return the point-spread function of a movement along a line, or of a hand's tremor."""
    if rng.random() >= ranges.linear_motion_share:
        extent = ranges.length_share.draw(rng) * ranges.tremor.at(difficulty)
        return kernels.path(_draw_tremor(rng, ranges, scale * extent))
    angle = _draw_angle(rng, ranges)
    share = 1 - ranges.row_reduction * abs(np.cos(np.deg2rad(angle)))
    length = ranges.length_share.draw(rng) * ranges.linear_motion.at(difficulty) * share
    points = _draw_line(rng, ranges, scale * length, angle)
    if rng.random() < ranges.uneven_share:
        return kernels.path(points, _draw_exposure(rng, ranges, len(points) - 1))
    return kernels.path(points)


def _draw_angle(rng: np.random.Generator, ranges: CameraRanges) -> float:
    """Return the direction of a movement, degrees."""
    kind = rng.random()
    if kind < ranges.diagonal_share:
        return 45 * rng.integers(1, 4) + rng.normal(0, ranges.diagonal_deviation)
    if kind < ranges.diagonal_share + ranges.shallow_share:
        return ranges.shallow_angle.draw(rng) * (1 if rng.random() < 0.5 else -1)
    return rng.uniform(0, 180)


def _draw_line(
    rng: np.random.Generator, ranges: CameraRanges, length: float, angle: float
) -> np.ndarray:
    """Return a movement's path, (N, 2) in pixels: mostly straight, sometimes bent or hooked."""
    turns = np.zeros(STRETCHES)
    kind = rng.random()
    if kind < ranges.bent_share:
        turns = np.linspace(-0.5, 0.5, STRETCHES) * rng.normal(0, ranges.bend_deviation)
    elif kind < ranges.bent_share + ranges.hooked_share:
        # It turns at once, near one of its ends.
        turn = rng.uniform(-1, 1) * ranges.hook_angle
        turns[int(rng.integers(STRETCHES // 2, STRETCHES)) :] = turn
        turns = turns[:: 1 if rng.random() < 0.5 else -1]
    directions = np.deg2rad(angle + turns)
    steps = np.stack([np.cos(directions), -np.sin(directions)], axis=1) * (length / STRETCHES)
    return np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])


def _draw_exposure(rng: np.random.Generator, ranges: CameraRanges, stretches: int) -> np.ndarray:
    """Return how much light each stretch of a path gets, (stretches,)."""
    place = (np.arange(stretches) + 0.5) / stretches
    if rng.random() < ranges.vibration_share:
        # A vibration dwells where it turns: at both ends, or at one, if it is cut off.
        start, extent = ranges.vibration_start.draw(rng), ranges.vibration_extent.draw(rng)
        speed = np.abs(np.sin(np.pi * (start + extent * place)))
        return ranges.least_light + 1 / np.maximum(speed, ranges.vibration_slowest)
    # The light, or the speed, changes steadily.
    light, change = ranges.steady_light.draw(rng), ranges.steady_change.draw(rng)
    return ranges.least_light + np.abs(light + change * place)


def _draw_tremor(rng: np.random.Generator, ranges: CameraRanges, extent: float) -> np.ndarray:
    """Return a hand's path during the exposure, (N, 2) in pixels, `extent` the diagonal of its box.

    A random walk of the velocity, so that the path is smooth, and turns.
    """
    steps = rng.standard_normal((ranges.tremor_steps, 2))
    steps[0] *= ranges.tremor_start
    points = np.cumsum(np.cumsum(steps, axis=0), axis=0)
    return points * (extent / np.sqrt((np.ptp(points, axis=0) ** 2).sum()))
