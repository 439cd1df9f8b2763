"""Point-spread functions: where the light of one point lands.

Every kernel is float32, square, of odd size, nowhere negative, and sums to 1. Its centroid is the
centre pixel, so that a convolution with it does not move the picture. Lengths are in pixels;
angles in degrees, anticlockwise, 0 along the rows.
"""

from __future__ import annotations

import cv2
import numpy as np

# Points along a path are at most this far apart, in pixels. Each is spread over four pixels, so
# that a quarter of a pixel leaves no visible steps.
POINT_SPACING = 0.25

# OpenCV's filter2D adds up a small kernel's taps directly, which is fast; a larger kernel it takes
# through transforms of small blocks, which one transform of the whole picture beats five times.
DIRECT_TAPS = 121

# A Gaussian is cut off where it has fallen to exp(-4.5), about 1 % of its height.
GAUSSIAN_REACH = 3.0

# Large powers of 2 times small numbers. cv2.getOptimalDFTSize finds smaller sizes, as 125 for 122,
# that take twice as long as 128.
_QUICK_SIZES = sorted(factor << power for factor in (1, 3, 5, 9) for power in range(3, 14))


def gaussian(sigma_x: float, sigma_y: float | None = None, angle: float = 0.0) -> np.ndarray:
    """Return a Gaussian with standard deviations `sigma_x`, `sigma_y` (default: the same).

    `angle` turns it. A standard deviation of 0 leaves that direction sharp.
    """
    if sigma_y is None:
        sigma_y = sigma_x
    _require(sigma_x >= 0, f"sigma_x must not be negative. Received: {sigma_x=}")
    _require(sigma_y >= 0, f"sigma_y must not be negative. Received: {sigma_y=}")
    radius = int(np.ceil(GAUSSIAN_REACH * max(sigma_x, sigma_y)))
    # So narrow that no neighbouring pixel is reached, and still something to divide by.
    least = 1e-3
    x, y = _grid(radius)
    cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    along = x * cosine - y * sine
    across = x * sine + y * cosine
    exponent = along**2 / max(sigma_x**2, least) + across**2 / max(sigma_y**2, least)
    return _normalised(np.exp(-0.5 * exponent))


def defocus(radius: float) -> np.ndarray:
    """Return the disc of `radius` pixels that an out-of-focus lens makes of a point."""
    _require(radius >= 0, f"radius must not be negative. Received: {radius=}")
    x, y = _grid(int(np.ceil(radius)))
    distance = np.sqrt(x**2 + y**2)
    # The share of a pixel that the disc covers, taken along the radius.
    return _normalised(np.clip(radius + 0.5 - distance, 0, 1))


def motion(length: float, angle: float) -> np.ndarray:
    """Return the trace of a steady movement over `length` pixels in the direction `angle`."""
    _require(length >= 0, f"length must not be negative. Received: {length=}")
    half = 0.5 * length * np.array([np.cos(np.deg2rad(angle)), -np.sin(np.deg2rad(angle))])
    return path(np.stack([-half, half]))


def path(points: np.ndarray, exposure: np.ndarray | None = None) -> np.ndarray:
    """Return the trace of a movement from point to point.

    `points` has the shape (N, 2): x to the right and y downwards, in pixels, N at least 2. Where
    the path lies does not matter: its centroid becomes the centre. `exposure` (N - 1,), nowhere
    negative and not all 0, is how much light each stretch gets; default: all the same.
    """
    points = np.asarray(points, dtype=np.float64)
    _require(
        points.ndim == 2 and points.shape[1] == 2 and len(points) >= 2,
        f"points must have the shape (N, 2) with N at least 2. Received: {points.shape}",
    )
    longest = np.abs(np.diff(points, axis=0)).max()
    steps = max(1, int(np.ceil(longest / POINT_SPACING)))
    # Every stretch is cut into `steps` equal pieces, each one standing for its middle.
    middles = (np.arange(steps) + 0.5) / steps
    starts, ends = points[:-1, None, :], points[1:, None, :]
    dense = (starts + (ends - starts) * middles[:, None]).reshape(-1, 2)
    if exposure is None:
        return _spread(dense, np.full(len(dense), 1.0 / len(dense)))
    weights = np.repeat(exposure, steps)
    return _spread(dense, weights / weights.sum())


def ghost(distance: float, angle: float, strength: float) -> np.ndarray:
    """Return two points `distance` pixels apart: a doubled picture, as interlaced cameras make.

    `strength` (0 to 1) is the second one's share of the light.
    """
    _require(0 <= strength <= 1, f"strength must lie in [0, 1]. Received: {strength=}")
    second = distance * np.array([np.cos(np.deg2rad(angle)), -np.sin(np.deg2rad(angle))])
    return _spread(np.stack([np.zeros(2), second]), np.array([1 - strength, strength]))


def trail(distance: float, angle: float, strength: float, echoes: int) -> np.ndarray:
    """Return a point and its `echoes`, each `distance` pixels from the one before.

    That is what temporal noise reduction makes of a moving point: each output frame is the new
    frame, and by the share `strength` (0 to 1) the output before it.
    """
    _require(0 <= strength < 1, f"strength must lie in [0, 1). Received: {strength=}")
    step = distance * np.array([np.cos(np.deg2rad(angle)), -np.sin(np.deg2rad(angle))])
    numbers = np.arange(echoes + 1)
    weights = strength**numbers
    return _spread(numbers[:, None] * step, weights / weights.sum())


def combine(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the one kernel that does the work of `first` and `second`, one after the other."""
    if second.size <= DIRECT_TAPS:
        margin = second.shape[0] // 2
        side = first.shape[0] + 2 * margin
        framed = np.zeros((side, side), np.float32)
        framed[margin : side - margin, margin : side - margin] = first
        # filter2D correlates: turned by half a turn, it convolves.
        turned = second[::-1, ::-1]
        return _normalised(cv2.filter2D(framed, -1, turned, borderType=cv2.BORDER_CONSTANT))
    margin = second.shape[0] - 1
    framed = cv2.copyMakeBorder(first, 0, margin, 0, margin, cv2.BORDER_CONSTANT)
    size = framed.shape[0]
    return _normalised(np.maximum(convolve_cyclically(framed, second)[:size, :size], 0))


def convolve_cyclically(plane: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the convolution of a plane (H, W) with a kernel no larger than it, by transforms.

    float32, larger than the plane. The plane counts as zero beyond its right and lower edge up to
    the result's size, and as repeating itself from there. A pixel's light lands with the kernel's
    top left corner, and not its centre, on the pixel.
    """
    height, width = (_quick_size(side) for side in plane.shape)
    padded_plane = np.zeros((height, width), np.float32)
    padded_plane[: plane.shape[0], : plane.shape[1]] = plane
    padded_kernel = np.zeros((height, width), np.float32)
    padded_kernel[: kernel.shape[0], : kernel.shape[1]] = kernel
    product = cv2.mulSpectrums(cv2.dft(padded_plane), cv2.dft(padded_kernel), 0)
    return cv2.dft(product, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)


def _quick_size(side: int) -> int:
    """Return the next size that transforms are quick at: almost a power of 2."""
    return next(size for size in _QUICK_SIZES if size >= side)


def _spread(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the kernel of weighted points (N, 2), moved so that their centroid is the centre.

    Each point is shared between the four pixels around it with bilinear weights, which keeps the
    centroid exactly where it is.
    """
    points = points - weights @ points
    radius = int(np.abs(points).max()) + 1
    size = 2 * radius + 1
    corners = np.floor(points)
    shares = np.stack([1 - (points - corners), points - corners])
    # Axes: upper and lower, left and right, point.
    light = shares[:, None, :, 1] * shares[None, :, :, 0] * weights
    column, row = (corners.astype(np.int64) + radius).T
    index = row * size + column + np.array([[[0], [1]], [[size], [size + 1]]])
    kernel = np.bincount(index.ravel(), weights=light.ravel(), minlength=size * size)
    return _normalised(kernel.reshape(size, size))


def _grid(radius: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x (1, N) and y (N, 1) of a kernel's pixels, from -radius to radius."""
    offsets = np.arange(-radius, radius + 1, dtype=np.float32)
    return offsets[None, :], offsets[:, None]


def _normalised(kernel: np.ndarray) -> np.ndarray:
    return (kernel / kernel.sum()).astype(np.float32)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)
