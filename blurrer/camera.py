"""The profile `camera`: a picture spoilt as a real camera spoils it, in that order.

The target is the plate at a steady contrast, somewhere in the frame:

- the channels' weights in the grey picture: 1 to 10 to each other
- 2nd and 98th percentile at 10 and 90 % of the range; one dark plate in five inverted
- margins of -2 to 9 % at the sides, -2 to 24 % above and below; 1 to 6 bands of background
- turned by 3 degrees, slanted by 0.08, bent by 1.8 px (standard deviations); corners moved by up
  to 4 px

The blurred picture is made of it. A difficulty d from 0 to 1, mostly above 0.7, scales the
damage, so that a badly blurred picture tends to be small and noisy as well. Lengths are in pixels
of the 270x90 frame:

- light: the plate's contrast 45 to 100 % of the range, anywhere in it
- movement (three in four): 4.5 + 14 d to 9 + 29 d long, half of that along the rows; every other
  near 45, 90 or 135 degrees, else at any angle; or a hand's shake, 4 + 11 d to 8 + 22 d across
- in 40 % a ghost with 20 to 50 % of the light, 4 to 7 + 10 d away
- Gaussian of sigma 0.3 to 0.8 + 1.6 d, 0.7 to 1.4 times that across, at any angle; or (one in
  five) defocus of radius 0.5 to 1 + 2.5 d
- resolution: 1.5 + d to 3.5 + 4 d of the frame's pixels in one of the sensor's (180 to 36 across);
  2.2 to 3.4 times as wide as high
- noise of up to 2 + 4 d grey levels, mostly less; JPEG quality 75 - 50 d to 92
- sharpening (80 %) by 0.3 to 4; CLAHE (30 %); before JPEG or (30 %) after
- enlarged, linear or cubic
"""

from __future__ import annotations

import cv2
import numpy as np

from blurrer import degradations, geometry, kernels
from blurrer.geometry import HEIGHT, WIDTH
from blurrer.pair import Pair

# The target's contrast: the 2nd and the 98th percentile of the plate come to lie at these levels.
LEVELS = (0.1 * 255, 0.9 * 255)

# How many dark plates with light characters are turned into light plates with dark characters.
INVERTED_SHARE = 0.2


def camera(sharp: np.ndarray, rng: np.random.Generator) -> Pair:
    """Blur a grey or BGR picture; both of the pair are of the frame's size."""
    target = _placed(_with_steady_contrast(sharp, rng), rng)
    # The power makes hard pictures more frequent: real ones are read about as badly as those of
    # 0.8 to 0.9, and easy ones teach little.
    difficulty = rng.random() ** 0.35
    # How many of the frame's pixels lie in one of the sensor's, along the rows.
    coarseness = rng.uniform(1.5 + difficulty, 3.5 + 4 * difficulty)
    # What the sensor does not see needs no computing: at half the size, blur takes a third.
    scale = 0.5 if coarseness >= 2 else 1.0
    scene = cv2.LUT(target, _draw_light(rng))
    scene = degradations.resize(scene, round(WIDTH * scale), round(HEIGHT * scale))
    blurred = degradations.convolve(scene, _draw_kernel(rng, difficulty, scale))
    return Pair(_seen(blurred, rng, difficulty, WIDTH / coarseness), sharp=target)


def mixed_grey(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a BGR picture (H, W, 3) in grey (H, W), its channels weighted at random."""
    weights = rng.uniform(0.1, 1.0, 3)
    return cv2.transform(picture, (weights / weights.sum())[None, :].astype(np.float32))


def _with_steady_contrast(plate: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    grey = plate if plate.ndim == 2 else cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().cumsum()
    low, middle, high = np.searchsorted(counts, counts[-1] * np.array([0.02, 0.5, 0.98]))
    # A picture of one colour has no contrast to stretch.
    gain = (LEVELS[1] - LEVELS[0]) / max(high - low, 1)
    levels = (np.arange(256) - low) * gain + LEVELS[0]
    # Characters cover less than half of a plate, so that the median is the plate's ground.
    dark_ground = 2 * middle < low + high
    if rng.random() < INVERTED_SHARE and dark_ground:
        levels = 255 - levels
    return cv2.LUT(plate, np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def _placed(plate: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the frame with the plate somewhere in it, tilted, on a banded background."""
    # Margins, as shares of the frame: mostly narrow, and negative where the plate is cut off.
    left, right = rng.uniform(-0.02, 0.09, 2) * WIDTH
    top, bottom = rng.uniform(-0.02, 0.24, 2) * HEIGHT
    width, height = round(WIDTH - left - right), round(HEIGHT - top - bottom)
    plate = geometry.scale(plate, width, height)

    # The warp repeats the outermost pixels, so that the sides need no width of their own.
    side, above = 2, HEIGHT // 3
    rows = _draw_bands(rng, height + 2 * above)
    canvas = geometry.surround(plate, rows, side, above)

    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    source = corners + np.array([side, above])
    turn = np.deg2rad(rng.normal(0, 3))
    slant = rng.normal(0, 0.08)
    matrix = np.array([[1, -np.sin(turn) + slant], [np.sin(turn), 1]])
    centre = np.array([width / 2, height / 2])
    shaken = rng.uniform(-1, 1, (4, 2)) * (0.015 * WIDTH, 0.04 * HEIGHT)
    destination = (corners - centre) @ matrix.T + centre + (left, top) + shaken
    return geometry.warp(canvas, source, destination, bow=rng.normal(0, 0.02) * HEIGHT)


def _draw_bands(rng: np.random.Generator, height: int) -> np.ndarray:
    """Return the grey level of each row of a background, uint8 (height,)."""
    count = int(rng.integers(1, 7))
    edges = np.sort(rng.integers(0, height, count - 1))
    levels = rng.integers(0, 256, count, dtype=np.uint8)
    return levels[np.searchsorted(edges, np.arange(height), side="right")]


def _draw_kernel(rng: np.random.Generator, difficulty: float, scale: float) -> np.ndarray:
    """Return the point-spread function of movement, doubling and defocus together.

    `scale` is the size of the picture to blur, in frames.
    """
    if rng.random() < 0.75:
        angle = rng.uniform(0, 180)
        if rng.random() < 0.5:
            angle = 45 * rng.integers(1, 4) + rng.normal(0, 8)
        # Along the rows, where characters stand closest, less is enough to make them unreadable.
        room = 1 - 0.5 * abs(np.cos(np.deg2rad(angle)))
        length = rng.uniform(0.5, 1) * (9 + 29 * difficulty) * room
        kernel = kernels.motion(scale * length, angle)
    else:
        length = rng.uniform(0.5, 1) * (8 + 22 * difficulty)
        kernel = kernels.path(_draw_shake(rng, scale * length))
    if rng.random() < 0.4:
        distance = rng.uniform(4, 7 + 10 * difficulty)
        doubled = kernels.ghost(scale * distance, rng.uniform(0, 360), rng.uniform(0.2, 0.5))
        kernel = kernels.combine(kernel, doubled)
    if rng.random() < 0.8:
        sigma = scale * rng.uniform(0.3, 0.8 + 1.6 * difficulty)
        spread = kernels.gaussian(sigma, sigma * rng.uniform(0.7, 1.4), rng.uniform(0, 180))
    else:
        spread = kernels.defocus(scale * rng.uniform(0.5, 1 + 2.5 * difficulty))
    return kernels.combine(kernel, spread)


def _draw_shake(rng: np.random.Generator, length: float) -> np.ndarray:
    """Return a hand's path during the exposure, (N, 2) in pixels, `length` across at its widest."""
    # Velocity wanders: a random walk of a random walk is smooth, and turns.
    steps = rng.standard_normal((12, 2))
    steps[0] *= 3
    points = np.cumsum(np.cumsum(steps, axis=0), axis=0)
    extent = np.sqrt((np.ptp(points, axis=0) ** 2).sum())
    return points * (length / extent)


def _draw_light(rng: np.random.Generator) -> np.ndarray:
    """Return the grey level in the scene of each level of the target, uint8 (256,).

    The target shows plates at a steady contrast. The scene's light puts dark and light parts of
    the plate anywhere, mostly close together, with the background darker and lighter than both.
    """
    span = 255 * rng.uniform(0.45, 1)
    dark = rng.uniform(0, 255 - span)
    levels = [rng.uniform(0, dark), dark, dark + span, rng.uniform(dark + span, 255)]
    table = np.interp(np.arange(256), [0, *LEVELS, 255], levels)
    return np.rint(table).astype(np.uint8)


def _seen(
    picture: np.ndarray, rng: np.random.Generator, difficulty: float, width: float
) -> np.ndarray:
    """Return what a sensor, `width` pixels wide, its software and the file leave of a picture."""
    # Cropped plates are 2 to 3.5 times as wide as high before the frame stretches them.
    height = width / rng.uniform(2.2, 3.4)
    sampling = "linear" if rng.random() < 0.3 else "area"
    picture = degradations.resize(picture, round(width), round(height), sampling)
    level = (2 + 4 * difficulty) * rng.random() ** 2
    # In equal parts at full white, constant and growing with the light.
    picture = degradations.noise(picture, rng, level / np.sqrt(2), level / np.sqrt(2))

    # Most cameras sharpen before they save; other pictures are sharpened when they are viewed,
    # enlarged. Those are sharpened here before they are enlarged, too: clipping and CLAHE make a
    # difference between the two, but a small one, and there are far fewer pixels to work on.
    quality = int(rng.integers(75 - round(50 * difficulty), 93))
    if rng.random() < 0.7:
        picture = degradations.jpeg(_improved(picture, rng), quality)
    else:
        picture = _improved(degradations.jpeg(picture, quality), rng)
    enlargement = "linear" if rng.random() < 0.4 else "cubic"
    return degradations.resize(picture, WIDTH, HEIGHT, enlargement)


def _improved(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the picture as software improves it: sharpened, its contrast equalised."""
    if rng.random() < 0.8:
        picture = degradations.sharpen(picture, rng.uniform(0.3, 4), rng.uniform(0.6, 1.4))
    if rng.random() < 0.3:
        tiles = (int(rng.integers(1, 5)), int(rng.integers(1, 3)))
        picture = degradations.equalise(picture, rng.uniform(1, 3), tiles)
    return picture
