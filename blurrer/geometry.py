"""Where the plate lies in the frame.

Pictures are uint8, grey (H, W) or BGR (H, W, 3). The frame is 270x90: what networks see.
"""

from __future__ import annotations

import cv2
import numpy as np

from plumbing.pictures.frame import HEIGHT, WIDTH, resize

# Where a frame's pixels lie in a picture is computed for the middles of squares of this side and
# linear between them, three times as quick. That is wrong by some thousandths of a pixel.
_SQUARE = 6

# Those middles, x and y, one square more on every side: float32 (17, 47, 2).
_MIDDLES = np.stack(
    np.meshgrid(
        (np.arange(WIDTH // _SQUARE + 2, dtype=np.float32) - 0.5) * _SQUARE,
        (np.arange(HEIGHT // _SQUARE + 2, dtype=np.float32) - 0.5) * _SQUARE,
    ),
    axis=-1,
)

# How much of the bow each column of them has: 1 in the middle, 0 at the frame's sides.
_BOW = 1 - (_MIDDLES[0, :, 0] / (WIDTH / 2) - 1) ** 2


def scale(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Resize as `plumbing.pictures.frame.resize`, but linearly to up to twice as small.

    The only other way of resizing to the frame: most sharp plates are that little larger, and area
    averaging would make a pair of `camera` 6 % slower, one of the original's profiles 12 to 22 %.
    Linear interpolation leaves out no pixel there.
    """
    if 1 < max(picture.shape[1] / width, picture.shape[0] / height) <= 2:
        return cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return resize(picture, width, height)


def fit(picture: np.ndarray, *, keep_aspect: bool = False) -> np.ndarray:
    """Return the picture scaled to 270x90.

    Its aspect is not kept, unless `keep_aspect`: then it is centred and its outermost pixels are
    repeated to fill the rest.
    """
    if not keep_aspect:
        return scale(picture, WIDTH, HEIGHT)
    height, width = picture.shape[:2]
    zoom = min(WIDTH / width, HEIGHT / height)
    width, height = max(1, round(width * zoom)), max(1, round(height * zoom))
    left, top = (WIDTH - width) // 2, (HEIGHT - height) // 2
    return cv2.copyMakeBorder(
        scale(picture, width, height),
        top,
        HEIGHT - height - top,
        left,
        WIDTH - width - left,
        cv2.BORDER_REPLICATE,
    )


def surround(picture: np.ndarray, rows: np.ndarray, left: int, top: int) -> np.ndarray:
    """Return the picture lying on a larger background of horizontal bands.

    `rows` (uint8, one level a row of the result) is the background from top to bottom; `left` is
    its width on either side of the picture and `top` its height above it.
    """
    height, width = picture.shape[:2]
    canvas = np.empty((len(rows), width + 2 * left, *picture.shape[2:]), np.uint8)
    canvas[:] = rows.reshape(-1, *[1] * (picture.ndim - 1))
    canvas[top : top + height, left : left + width] = picture
    return canvas


def warp(
    picture: np.ndarray, source: np.ndarray, destination: np.ndarray, bow: float = 0.0
) -> np.ndarray:
    """Return the 270x90 frame in which the points `source` of the picture lie at `destination`.

    Both are four points, (4, 2), x and y in pixels from the outer corner of the top left pixel
    (so that the corners of a picture are (0, 0) and (width, height)). What lies outside of the
    picture repeats its outermost pixels. `bow` bends the frame's rows, as wide lenses do: their
    middle shows what lies `bow` pixels lower in the picture. The picture should be near its final
    scale, as it is interpolated linearly.
    """
    matrix = cv2.getPerspectiveTransform(destination.astype(np.float32), source.astype(np.float32))
    # Points count from the pixels' corners, arrays from their centres: half a pixel less.
    matrix[:2] -= 0.5 * matrix[2]
    middles: np.ndarray = cv2.perspectiveTransform(_MIDDLES, matrix)
    middles[:, :, 1] += bow * _BOW
    size = middles.shape[1] * _SQUARE, middles.shape[0] * _SQUARE
    seen = cv2.resize(middles, size, interpolation=cv2.INTER_LINEAR)
    seen = seen[_SQUARE:-_SQUARE, _SQUARE:-_SQUARE]
    # One map of both coordinates is quicker than two of one; OpenCV's types know only of two.
    return cv2.remap(  # type: ignore[call-overload]
        picture, seen, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
