"""The profile `camera`: a picture blurred as a real camera blurs it, stage by stage.

The sharp plate is given a steady contrast and placed in the frame: the target. Of it are made, in
this order: the scene's light; movement, a ghost, the trail of earlier frames, and the lens in one
point-spread function; the sensor's sampling and its noise; what a video camera does (two fields,
noise reduction, sharpening, the blocks of its codec); sharpening and CLAHE before or after JPEG;
enlargement to the frame. `camera_ranges` has the numbers, `camera_shake` the movement.
"""

from __future__ import annotations

import cv2
import numpy as np

from blurrer import degradations, geometry, kernels
from blurrer.camera_ranges import CAMERA, CameraRanges
from blurrer.camera_shake import draw_movement
from blurrer.pair import Pair
from plumbing.pictures.frame import HEIGHT, WIDTH


def camera(sharp: np.ndarray, rng: np.random.Generator, ranges: CameraRanges = CAMERA) -> Pair:
    """Blur a picture, uint8 grey (H, W) or BGR (H, W, 3); both of the pair are of the frame's size.

    The order of the draws is part of the result: a draw more or less changes all that follow.
    """
    target = draw_target(sharp, rng, ranges)
    difficulty = rng.random() ** ranges.difficulty_exponent
    return Pair(expose(target, rng, difficulty, ranges=ranges), sharp=target)


def draw_target(
    sharp: np.ndarray, rng: np.random.Generator, ranges: CameraRanges = CAMERA
) -> np.ndarray:
    """Return a picture at a steady contrast, somewhere in the frame, tilted: what is to be seen."""
    return _place(_with_steady_contrast(sharp, rng, ranges), rng, ranges)


def expose(
    target: np.ndarray,
    rng: np.random.Generator,
    difficulty: float,
    light: np.ndarray | None = None,
    ranges: CameraRanges = CAMERA,
) -> np.ndarray:
    """Return what the camera makes of a target of the frame's size: uint8, of the same shape.

    light: the grey level in the scene of each level of the target, uint8 (256,); None: it is drawn.
    """
    pixel = ranges.sensor_pixel.draw(rng, difficulty)
    # What the sensor does not see needs no computing: at half the size, blur takes a third.
    scale = 0.5 if pixel >= 2 else 1.0
    scene = cv2.LUT(target, draw_light(rng, ranges) if light is None else light)
    scene = degradations.resize(scene, round(WIDTH * scale), round(HEIGHT * scale))
    blurred = degradations.convolve(scene, _draw_kernel(rng, ranges, difficulty, scale))
    return _record(blurred, rng, ranges, difficulty, WIDTH / pixel)


def mixed_grey(
    picture: np.ndarray, rng: np.random.Generator, ranges: CameraRanges = CAMERA
) -> np.ndarray:
    """Return a BGR picture (H, W, 3) in grey (H, W), its channels weighted at random."""
    weights = rng.uniform(*ranges.grey_weights, 3)
    return cv2.transform(picture, (weights / weights.sum())[None, :].astype(np.float32))


def _with_steady_contrast(
    plate: np.ndarray, rng: np.random.Generator, ranges: CameraRanges
) -> np.ndarray:
    """Return the plate with its levels stretched to `target_levels`, some dark ones inverted."""
    grey = plate if plate.ndim == 2 else cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY)
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().cumsum()
    darker, lighter = ranges.target_shares
    low, middle, high = np.searchsorted(counts, counts[-1] * np.array([darker, 0.5, lighter]))
    darkest, lightest = ranges.target_levels
    # A picture of one colour has no contrast to stretch.
    gain = (lightest - darkest) / max(high - low, 1)
    levels = (np.arange(256) - low) * gain + darkest
    # Characters cover less than half of a plate, so that the median is the plate's ground.
    dark_ground = 2 * middle < low + high
    if rng.random() < ranges.inverted_share and dark_ground:
        levels = 255 - levels
    return cv2.LUT(plate, np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def _place(plate: np.ndarray, rng: np.random.Generator, ranges: CameraRanges) -> np.ndarray:
    """Return the frame with the plate somewhere in it, tilted, on a banded background."""
    left, right = rng.uniform(*ranges.side_margin, 2) * WIDTH
    top, bottom = rng.uniform(*ranges.upright_margin, 2) * HEIGHT
    width, height = round(WIDTH - left - right), round(HEIGHT - top - bottom)
    plate = geometry.scale(plate, width, height)

    # The warp repeats the outermost pixels, so that the sides need no width of their own.
    side, above = 2, HEIGHT // 3
    rows = _draw_bands(rng, ranges, height + 2 * above)
    canvas = geometry.surround(plate, rows, side, above)

    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    source = corners + np.array([side, above])
    turn = np.deg2rad(rng.normal(0, ranges.rotation_deviation))
    shear = rng.normal(0, ranges.shear_deviation)
    matrix = np.array([[1, -np.sin(turn) + shear], [np.sin(turn), 1]])
    centre = np.array([width / 2, height / 2])
    along, across = ranges.corner_shift
    shifted = rng.uniform(-1, 1, (4, 2)) * (along * WIDTH, across * HEIGHT)
    destination = (corners - centre) @ matrix.T + centre + (left, top) + shifted
    bow = rng.normal(0, ranges.bow_deviation) * HEIGHT
    return geometry.warp(canvas, source, destination, bow=bow)


def _draw_bands(rng: np.random.Generator, ranges: CameraRanges, height: int) -> np.ndarray:
    """Return the grey level of each row of a background, uint8 (height,)."""
    fewest, most = ranges.background_bands
    count = int(rng.integers(fewest, most + 1))
    edges = sorted(rng.integers(0, height, count - 1).tolist())
    levels = rng.integers(0, 256, count, dtype=np.uint8)
    rows = np.empty(height, np.uint8)
    for start, level in zip([0, *edges], levels, strict=True):
        rows[start:] = level
    return rows


def draw_light(rng: np.random.Generator, ranges: CameraRanges) -> np.ndarray:
    """Return the grey level in the scene of each level of the target, uint8 (256,).

    The target shows plates at a steady contrast. The scene's light puts dark and light parts of
    the plate anywhere, mostly close together, with the background darker and lighter than both.
    """
    span = 255 * ranges.contrast.draw(rng)
    dark = rng.uniform(0, 255 - span)
    levels = [rng.uniform(0, dark), dark, dark + span, rng.uniform(dark + span, 255)]
    table = np.interp(np.arange(256), [0, *ranges.target_levels, 255], levels)
    return np.rint(table).astype(np.uint8)


def _draw_kernel(
    rng: np.random.Generator, ranges: CameraRanges, difficulty: float, scale: float
) -> np.ndarray:
    """Return the point-spread function of movement, ghost and lens together.

    `scale` is the size of the picture to blur, in frames.
    """
    kernel = draw_movement(rng, ranges, difficulty, scale)
    if rng.random() < ranges.ghost_share:
        distance = ranges.ghost_distance.draw(rng, difficulty)
        angle, strength = rng.uniform(0, 360), ranges.ghost_strength.draw(rng)
        kernel = kernels.combine(kernel, kernels.ghost(scale * distance, angle, strength))
    if rng.random() < ranges.trail_share:
        distance, angle = ranges.trail_distance.draw(rng, difficulty), rng.uniform(0, 360)
        strength = ranges.trail_strength.draw(rng)
        fewest, most = ranges.trail_frames
        echoes = int(rng.integers(fewest, most + 1))
        kernel = kernels.combine(kernel, kernels.trail(scale * distance, angle, strength, echoes))
    if rng.random() < ranges.gaussian_share:
        sigma = scale * ranges.gaussian_sigma.draw(rng, difficulty)
        aspect, angle = ranges.gaussian_aspect.draw(rng), rng.uniform(0, 180)
        lens = kernels.gaussian(sigma, sigma * aspect, angle)
    else:
        lens = kernels.defocus(scale * ranges.defocus_radius.draw(rng, difficulty))
    return kernels.combine(kernel, lens)


def _record(
    picture: np.ndarray,
    rng: np.random.Generator,
    ranges: CameraRanges,
    difficulty: float,
    width: float,
) -> np.ndarray:
    """Return what a sensor, `width` pixels wide, its software and the file leave of a picture."""
    height = width / ranges.sensor_aspect.draw(rng)
    sampling = "linear" if rng.random() < ranges.aliased_share else "area"
    picture = degradations.resize(picture, round(width), round(height), sampling)
    level = ranges.noise_level.at(difficulty) * rng.random() ** 2
    # In equal parts at full white, constant and growing with the light.
    picture = degradations.noise(picture, rng, level / np.sqrt(2), level / np.sqrt(2))
    picture = _film(picture, rng, ranges, difficulty)
    if rng.random() < ranges.rescaled_share:
        factor = ranges.rescaled_size.draw(rng)
        picture = degradations.resize(picture, round(factor * width), round(factor * height))

    # Most cameras sharpen before they save; other pictures are sharpened when they are viewed,
    # enlarged. Those are sharpened here before they are enlarged, too: clipping and CLAHE make a
    # difference between the two, but a small one, and there are far fewer pixels to work on.
    least = round(ranges.jpeg_quality_least.at(difficulty))
    quality = int(rng.integers(least, ranges.jpeg_quality_most + 1))
    if rng.random() < ranges.processed_first_share:
        picture = degradations.jpeg(_process(picture, rng, ranges), quality)
    else:
        picture = _process(degradations.jpeg(picture, quality), rng, ranges)
    enlargement = "linear" if rng.random() < ranges.linear_enlargement_share else "cubic"
    return degradations.resize(picture, WIDTH, HEIGHT, enlargement)


def _film(
    picture: np.ndarray, rng: np.random.Generator, ranges: CameraRanges, difficulty: float
) -> np.ndarray:
    """Return what a video camera makes of a sensor's picture: fields, less noise, a codec."""
    if rng.random() < ranges.interlaced_share:
        right, down = rng.uniform(-1, 1, 2) * ranges.field_shift
        picture = degradations.interlace(picture, right, down)
    elif rng.random() < ranges.one_field_share:
        picture = degradations.one_field(picture)
    if rng.random() < ranges.median_share:
        picture = degradations.median(picture)
    if rng.random() < ranges.crisp_share:
        amount, sigma = ranges.crisp_amount.draw(rng), ranges.crisp_sigma.draw(rng)
        # Of a colour picture, the first channel stands for all.
        deviation = cv2.meanStdDev(picture)[1][0, 0]
        threshold = ranges.crisp_threshold.draw(rng) * deviation
        picture = degradations.crisp(picture, amount, sigma, threshold)
    if rng.random() < ranges.codec_share:
        quality = round(ranges.codec_quality.draw(rng, difficulty))
        columns, rows = rng.integers(0, degradations.CODEC_BLOCK, 2)
        picture = degradations.codec(picture, quality, (int(columns), int(rows)))
    return picture


def _process(picture: np.ndarray, rng: np.random.Generator, ranges: CameraRanges) -> np.ndarray:
    """Return the picture as a camera's or a viewer's software makes it: sharpened, equalised."""
    if rng.random() < ranges.sharpening_share:
        amount, sigma = ranges.sharpening_amount.draw(rng), ranges.sharpening_sigma.draw(rng)
        picture = degradations.sharpen(picture, amount, sigma)
    if rng.random() < ranges.clahe_share:
        columns, rows = (
            int(rng.integers(fewest, most + 1))
            for fewest, most in (ranges.clahe_columns, ranges.clahe_rows)
        )
        picture = degradations.equalise(picture, ranges.clahe_clip_limit.draw(rng), (columns, rows))
    return picture
