"""Where one frame's plate lies in another frame of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from plumbing.pictures.frame import HEIGHT, WIDTH

# The least correlation at which two deblurred frames count as frames of one plate. Of synthetic
# bursts at difficulty 0.9, 1 in 100 pairs of one plate lies below it, and 1 in 200 pairs of two
# plates above; real pairs of one plate lie at 0.92 to 0.98.
LEAST_FIT = 0.75
# How far apart two frames may lie, in pixels of the frame.
FARTHEST = (40, 20)
# Frames that differ by more than this in size are not of one burst: the search has gone astray.
SCALES = (0.7, 1.4)

_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
_ALL = np.full((HEIGHT, WIDTH), 255, np.uint8)  # the mask of the pixels that count
_SMOOTHING = 5  # pixels: the side of the Gaussian window that both are smoothed by


@dataclass(frozen=True)
class Registration:
    """A frame laid on a reference.

    fit:    their correlation where they overlap, at most 1; 0 where the search failed.
    matrix: float32 (2, 3), affine: takes a point of the reference to the frame's.
    """

    fit: float
    matrix: np.ndarray

    @property
    def succeeded(self) -> bool:
        """Whether both show one plate."""
        return self.fit >= LEAST_FIT


def register(reference: np.ndarray, frame: np.ndarray) -> Registration:
    """Register a deblurred frame, uint8 (90, 270), with another one.

    By the enhanced correlation coefficient (Evangelidis and Psarakis, IEEE TPAMI 2008), which does
    not depend on contrast and brightness, over affine maps. It begins with the frames as they lie;
    where that fails, with the shift at which the middle of the frame is most like the reference.
    """
    start = np.eye(2, 3, dtype=np.float32)
    found = _search(reference, frame, start)
    if found.succeeded:
        return found
    start[:, 2] = _shift(reference, frame)
    return max(found, _search(reference, frame, start), key=lambda one: one.fit)


def lay_on(frame: np.ndarray, registration: Registration) -> np.ndarray:
    """Return a frame, uint8 (90, 270), laid on its reference: float32 (90, 270).

    By cubic interpolation; what lies outside the frame is its outermost pixel.
    """
    return cv2.warpAffine(
        frame.astype(np.float32),
        registration.matrix,
        (WIDTH, HEIGHT),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def coverage(registration: Registration) -> np.ndarray:
    """Return where a frame laid on its reference has pixels of its own: bool (90, 270)."""
    laid = cv2.warpAffine(
        _ALL,
        registration.matrix,
        (WIDTH, HEIGHT),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    return laid == _ALL


def _search(reference: np.ndarray, frame: np.ndarray, start: np.ndarray) -> Registration:
    try:
        fit, matrix = cv2.findTransformECC(
            reference, frame, start.copy(), cv2.MOTION_AFFINE, _STEPS, _ALL, _SMOOTHING
        )
    except cv2.error:  # it does not converge, or one of them is all of one grey
        return Registration(0.0, start)
    return Registration(float(fit) if _is_plausible(matrix) else 0.0, matrix)


def _is_plausible(matrix: np.ndarray) -> bool:
    """Whether a map neither scales nor moves a frame too far."""
    if not np.isfinite(matrix).all():
        return False
    least, most = SCALES
    sizes = np.linalg.svd(matrix[:, :2], compute_uv=False)
    centre = np.array([WIDTH / 2, HEIGHT / 2, 1])
    moved = np.abs(matrix @ centre - centre[:2])
    return bool(least <= sizes.min() and sizes.max() <= most and (moved <= FARTHEST).all())


def _shift(reference: np.ndarray, frame: np.ndarray) -> tuple[float, float]:
    """Return how far along and down a point of the reference lies in the frame, pixels."""
    along, down = FARTHEST
    middle = frame[down:-down, along:-along]
    scores = cv2.matchTemplate(reference, middle, cv2.TM_CCOEFF_NORMED)
    _, _, _, (x, y) = cv2.minMaxLoc(scores)
    return along - x, down - y
