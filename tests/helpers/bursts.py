"""Frames of plates, sharp enough that a network which leaves them as they are will do."""

from __future__ import annotations

import cv2
import numpy as np

from cnn_denoiser.deblurring.groups.fusion import Frame
from plates import draw_plate
from plumbing.pictures.frame import HEIGHT, WIDTH, to_frame


def plate_frame(seed: int) -> np.ndarray:
    """Return a drawn plate, uint8 (90, 270)."""
    plate, _ = draw_plate(np.random.default_rng(seed), "blue")
    return to_frame(plate)


def moved(frame: np.ndarray, along: float, down: float, scale: float = 1.0) -> np.ndarray:
    """Return a frame with its content scaled about the corner, and moved."""
    matrix = np.array([[scale, 0, along], [0, scale, down]], np.float32)
    return cv2.warpAffine(
        frame, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


def noisy(frame: np.ndarray, seed: int, level: float = 40) -> np.ndarray:
    """Return a frame with Gaussian noise of this standard deviation."""
    noise = np.random.default_rng(seed).normal(0, level, frame.shape)
    return np.clip(frame + noise, 0, 255).astype(np.uint8)


def burst(seed: int, count: int, level: float = 30) -> list[Frame]:
    """Return frames of one plate, a little moved: noisy before the network, less so after it."""
    plate = plate_frame(seed)
    frames = []
    for index in range(count):
        seen = moved(plate, 2 * index, -index / 2)
        frames.append(Frame(noisy(seen, index, level), noisy(seen, 100 + index, level / 4)))
    return frames
