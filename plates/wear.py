"""Wear of a plate on the road: worn paint, bolts, holes, dirt, and the holder around it.

Plates are float32 (3, H, W) planes of blue, green, red, 0 to 255, and are drawn on in place.
"""

from __future__ import annotations

import cv2
import numpy as np


def paint_left(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return how much of the characters' paint is left, float32 (H, W), 0 to 1, `shape`'s size.

    None, all of it, for two plates in three. Paint wears in patches, and small flakes come off.
    """
    if rng.random() < 0.67:
        return None
    size = shape[1], shape[0]
    patches = cv2.resize(rng.random((4, 12), dtype=np.float32), size)
    flakes = cv2.resize(rng.random((shape[0] // 4, shape[1] // 4), dtype=np.float32), size)
    worn = np.float32(rng.uniform(0.1, 0.5)) * patches
    # More flakes are missing where more is worn.
    worn += np.float32(rng.uniform(0, 0.6)) * (flakes > 1.15 - 0.6 * patches)
    return 1 - np.minimum(worn, np.float32(0.7))


def add_holder(rng: np.random.Generator, plate: np.ndarray, edge: np.ndarray) -> None:
    """Put a holder's rim over the plate's edge, chrome or black, on one plate in six.

    `edge`, float32 (H, W), is how far each pixel lies inside the plate's edge in mm.
    """
    if rng.random() >= 1 / 6:
        return
    width, softness = rng.uniform(2, 6), rng.uniform(0.5, 1.5)
    cover = np.clip((width - edge) / softness, 0, 1).astype(np.float32)
    colour = np.array((205, 205, 205) if rng.random() < 0.4 else (35, 33, 32), np.float32)
    # Round as a rim is: lit most in its middle.
    shine = 1 + 0.35 * np.sin(np.pi * np.clip(edge / width, 0, 1)).astype(np.float32)
    plate += cover * (colour[:, None, None] * shine - plate)


def add_bolts(rng: np.random.Generator, plate: np.ndarray, scale: float) -> None:
    """Put bolts, their caps or bare slots near the upper and sometimes the lower edge.

    `scale` is in pixels per mm. One plate in five has none.
    """
    if rng.random() < 0.2:
        return
    height, width = plate.shape[1] / scale, plate.shape[2] / scale
    apart = rng.uniform(100, 145)
    slot = rng.random() < 0.35
    colour = _bolt_colour(rng)
    inset = rng.uniform(7, 12)
    for y in (inset, height - inset)[: rng.integers(1, 3)]:
        size = (rng.uniform(5, 9), rng.uniform(2, 3.5)) if slot else (rng.uniform(4, 8),) * 2
        for x in (width / 2 - apart, width / 2 + apart):
            centre = (x + rng.uniform(-2, 2), y + rng.uniform(-1, 1))
            _stamp(rng, plate, scale, centre, size, colour)


def add_dirt(rng: np.random.Generator, plate: np.ndarray, scale: float) -> None:
    """Lay a film of dust, uneven and often faint, and a few splashes on the plate."""
    height, width = plate.shape[1:]
    dust = np.array([95, 115, 130], np.float32) * rng.uniform(0.4, 1.3, 3).astype(np.float32)
    coarse = rng.random((3, 7), dtype=np.float32) ** 2
    film = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    thickness = np.float32(rng.beta(1, 4) * 0.9)
    plate += thickness * film * (dust[:, None, None] - plate)
    for _ in range(rng.poisson(1.0)):
        radius = rng.uniform(0.8, 3.0)
        centre = (rng.uniform(0, width / scale), rng.uniform(0, height / scale))
        _stamp(rng, plate, scale, centre, (radius, radius * rng.uniform(0.6, 1)), dust)


def _bolt_colour(rng: np.random.Generator) -> np.ndarray:
    """Steel, a white cap, brass and rust, or a black hole."""
    colours = np.array([(150, 150, 150), (225, 225, 222), (70, 110, 150), (30, 28, 28)], np.float32)
    return colours[rng.integers(4)] * np.float32(rng.uniform(0.7, 1.05))


def _stamp(
    rng: np.random.Generator,
    plate: np.ndarray,
    scale: float,
    centre: tuple[float, float],
    radii: tuple[float, float],
    colour: np.ndarray,
) -> None:
    """Draw an ellipse (mm), lit from one side, with a dark rim."""
    left, right = (round((centre[0] + s * (radii[0] + 2)) * scale) for s in (-1, 1))
    top, bottom = (round((centre[1] + s * (radii[1] + 2)) * scale) for s in (-1, 1))
    under = plate[:, max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if under.size == 0:
        return
    x = (np.arange(under.shape[2]) + max(left, 0) + 0.5) / scale - centre[0]
    y = (np.arange(under.shape[1]) + max(top, 0) + 0.5) / scale - centre[1]
    x, y = (x / radii[0])[None, :], (y / radii[1])[:, None]
    inside = (1 - np.hypot(x, y)) * min(radii) * scale
    shade = 1 + rng.uniform(-0.3, 0.3) * x - rng.uniform(0, 0.3) * y
    shade = shade * np.clip(0.6 + inside / 4, 0.6, 1)
    cover = np.clip(inside + 0.5, 0, 1)
    under += (cover * (shade * colour[:, None, None] - under)).astype(np.float32)
