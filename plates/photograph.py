"""Photographing a plate: light, exposure, colour, noise and framing, all of it mild.

Strong blur, noise, compression and low resolution are not made here: these pictures stay sharp.
The ranges were set beside photographs of blue plates, so that hue, saturation, brightness and
contrast spread alike.
"""

from __future__ import annotations

import cv2
import numpy as np

LUMINANCE = np.array([0.114, 0.587, 0.299])
"""The weights of blue, green, red in the luminance of ITU-R BT.601."""
BUMPER_MARGIN = 14
"""Millimetres of bumper around a mounted plate; framing shows less."""


def photograph(
    rng: np.random.Generator, plate: np.ndarray, edge: np.ndarray, scale: float
) -> np.ndarray:
    """Photograph a plate, float32 (3, H, W) at `scale` pixels per mm: uint8 BGR (H, W, 3).

    `edge`, float32 (H, W), is how far each pixel lies inside the plate's edge in mm, negative
    outside its rounded corners. The picture is about the plate's size; a little may be cut off or
    shown around it.
    """
    height, width = plate.shape[1:]
    margin = round(BUMPER_MARGIN * scale)
    scene = _mount(rng, plate, edge * np.float32(scale), margin)
    _light(rng, scene)
    return _frame(rng, _expose(rng, scene), scale, (width, height), margin)


def _mount(
    rng: np.random.Generator, plate: np.ndarray, edge: np.ndarray, margin: int
) -> np.ndarray:
    """Put the plate before a bumper; `edge` is in pixels."""
    height, width = plate.shape[1:]
    bumper = (rng.uniform(15, 140) * rng.uniform(0.85, 1.15, (3, 1, 1))).astype(np.float32)
    outside = np.clip(0.5 - edge, 0, 1)
    scene = np.empty((3, height + 2 * margin, width + 2 * margin), np.float32)
    scene[:] = bumper
    scene[:, margin:-margin, margin:-margin] = plate + outside * (bumper - plate)
    return scene


def _light(rng: np.random.Generator, scene: np.ndarray) -> None:
    """Light the scene unevenly, in place: a slope, sometimes a shadow from above or a sheen."""
    height, width = scene.shape[1:]
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :]
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    slope_x, slope_y = rng.normal(0, 0.15, 2).astype(np.float32)
    plane = 1 + slope_x * x + slope_y * y
    if rng.random() < 0.15:
        edge, tilt, depth, softness = rng.uniform(
            (-0.35, -0.15, 0.2, 0.03), (0.35, 0.15, 0.45, 0.2)
        ).astype(np.float32)
        plane *= 1 - depth * np.clip((edge + tilt * x - y) / softness, 0, 1)
    scene *= plane
    if rng.random() < 0.15:
        centre_x, centre_y = rng.uniform(-0.5, 0.5, 2).astype(np.float32)
        spread_x, spread_y = rng.uniform(0.15, 0.5, 2).astype(np.float32)
        across = np.exp(-(((x - centre_x) / spread_x) ** 2))
        down = np.exp(-(((y - centre_y) / spread_y) ** 2))
        scene += across * (np.float32(rng.uniform(10, 50)) * down)


def _expose(rng: np.random.Generator, scene: np.ndarray) -> np.ndarray:
    """Turn light, float32 (3, H, W), into a picture, uint8 BGR (H, W, 3).

    Saturation, hue, white balance, exposure and haze, which may clip as in cameras; noise in
    brightness; sometimes sharpening.
    """
    height, width = scene.shape[1:]
    haze = 110 * rng.beta(1, 3) + rng.uniform(-14, 8, (3, 1))
    matrix = (1 - haze / 255) * rng.uniform(0.65, 1.45) * _colour_matrix(rng)
    exposed = matrix.astype(np.float32) @ scene.reshape(3, -1) + haze.astype(np.float32)
    # Even noise takes a third of the time of normal noise, and resampling makes the two alike.
    grain = rng.random(height * width, dtype=np.float32) - np.float32(0.5)
    exposed += np.float32(0.5) + grain * np.float32(35 * rng.beta(1, 2))
    np.clip(exposed, 0, 255, out=exposed)
    picture = cv2.merge(list(exposed.astype(np.uint8).reshape(3, height, width)))
    if rng.random() < 0.35:
        sharpening = rng.uniform(0.2, 0.9)
        soft = cv2.GaussianBlur(picture, (0, 0), 1.5)
        picture = cv2.addWeighted(picture, 1 + sharpening, soft, -sharpening, 0)
    return picture


def _colour_matrix(rng: np.random.Generator) -> np.ndarray:
    """A loss of saturation, a turn of the hues and a white balance: float64 (3, 3) for B, G, R."""
    saturation = rng.uniform(0.2, 1.05)
    mix = saturation * np.eye(3) + (1 - saturation) * LUMINANCE
    angle = np.radians(rng.normal(2, 6))
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    # Rodrigues' formula, around the axis of greys, which stay grey.
    turn = np.cos(angle) * np.eye(3) + (1 - np.cos(angle)) / 3 + np.sin(angle) * cross
    balance = np.array([rng.normal(1.05, 0.07), 1.0, rng.normal(0.95, 0.07)])
    return balance[:, None] * (turn @ mix)


def _frame(
    rng: np.random.Generator,
    picture: np.ndarray,
    scale: float,
    plate_size: tuple[int, int],
    margin: int,
) -> np.ndarray:
    """Cut the plate out as plate finders do: too wide or too tight, not quite straight."""
    width, height = plate_size
    left, right = rng.uniform(-6, 9, 2) * scale
    top, bottom = rng.uniform(-13, 6, 2) * scale
    corners = np.array(
        [
            [-left, -top],
            [width + right, -top],
            [width + right, height + bottom],
            [-left, height + bottom],
        ]
    )
    slope = np.tan(np.radians(rng.normal(0, 0.6)))
    corners[:, 1] += slope * (corners[:, 0] - width / 2)
    corners += rng.normal(0, 1.2 * scale, (4, 2)) + margin
    size = (round(width + left + right), round(height + top + bottom))
    target = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cv2.warpPerspective(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
