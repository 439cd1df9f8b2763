"""What a camera and its file format do to a picture: pixels in, pixels out.

Pictures are uint8, grey (H, W) or BGR (H, W, 3); every function works on either and returns a new
picture of the same kind. None of them moves the picture.
"""

from __future__ import annotations

import cv2
import numpy as np

from blurrer import kernels
from plumbing.pictures.recompression import through_jpeg

CODEC_BLOCK = 8  # side of a block that codecs transform, pixels

INTERPOLATIONS = {
    # The plain INTER_NEAREST is half a pixel off.
    "nearest": cv2.INTER_NEAREST_EXACT,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
}


def convolve(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the picture spread out by a point-spread function (see `kernels`)."""
    if kernel.size <= kernels.DIRECT_TAPS:
        # filter2D correlates: turned by half a turn, it convolves.
        turned = kernel[::-1, ::-1]
        return cv2.filter2D(picture, -1, turned, borderType=cv2.BORDER_REPLICATE)
    if picture.ndim == 3:
        return cv2.merge([_convolve_plane(plane, kernel) for plane in cv2.split(picture)])
    return _convolve_plane(picture, kernel)


def _convolve_plane(plane: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    radius = kernel.shape[0] // 2
    # The border is as wide as the kernel reaches, so that nothing wraps around into the picture.
    bordered = cv2.copyMakeBorder(plane, radius, radius, radius, radius, cv2.BORDER_REPLICATE)
    result = kernels.convolve_cyclically(bordered, kernel)
    inner = result[2 * radius : 2 * radius + height, 2 * radius : 2 * radius + width]
    # Kernels are nowhere negative: what is below zero here is rounding.
    return cv2.convertScaleAbs(inner)


def gaussian(picture: np.ndarray, size: int, sigma: float) -> np.ndarray:
    """Return the picture under a Gaussian of standard deviation `sigma`, cut off to `size` px.

    `size` is odd. The same as a kernel, but quicker, as rows and columns are taken in turn.
    """
    return cv2.GaussianBlur(picture, (size, size), sigma, borderType=cv2.BORDER_REPLICATE)


def resize(picture: np.ndarray, width: int, height: int, interpolation: str = "area") -> np.ndarray:
    """Return the picture at another size; `interpolation` is nearest, linear, cubic or area.

    "area" averages when it makes smaller; the others then leave aliasing, as cheap cameras do.
    """
    return cv2.resize(picture, (width, height), interpolation=INTERPOLATIONS[interpolation])


def pixelate(picture: np.ndarray, factor: float) -> np.ndarray:
    """Return the picture in square blocks of `factor` pixels (at least 1)."""
    height, width = picture.shape[:2]
    small_width, small_height = max(1, round(width / factor)), max(1, round(height / factor))
    small = resize(picture, small_width, small_height)
    return resize(small, width, height, "nearest")


def noise(
    picture: np.ndarray, rng: np.random.Generator, read: float, shot: float = 0.0
) -> np.ndarray:
    """Return the picture with a sensor's noise.

    `read` is the standard deviation of the constant (Gaussian) part in grey levels, `shot` that
    of the part that grows with the light (Poisson), in grey levels at full white. Their sum is
    drawn as one normal variable of the summed variance: A. Foi et al., "Practical
    Poissonian-Gaussian noise modeling and fitting for single-image raw-data", 2008.
    """
    values = picture.astype(np.float32)
    draws = rng.standard_normal(picture.shape, dtype=np.float32)
    if shot > 0:
        draws *= np.sqrt(values * np.float32(shot**2 / 255) + np.float32(read**2))
    else:
        draws *= np.float32(read)
    draws += values
    return cv2.addWeighted(draws, 1, draws, 0, 0, dtype=cv2.CV_8U)


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """Return the picture after being saved as a JPEG file of `quality` 1 to 100 and read again."""
    return through_jpeg(picture, quality)


def codec(picture: np.ndarray, quality: int, phase: tuple[int, int]) -> np.ndarray:
    """Return the picture as cut out of a frame that was compressed in blocks of 8x8 pixels.

    The blocks of video and of photographs (MPEG, MJPEG, JPEG): their cosine transforms, quantised.
    `phase` is how many columns and rows of its first block the cut leaves out, each 0 to 7;
    `quality` is JPEG's, 1 to 100.
    """
    columns, rows = phase
    framed = cv2.copyMakeBorder(picture, rows, 0, columns, 0, cv2.BORDER_REPLICATE)
    return through_jpeg(framed, quality)[rows:, columns:]


def interlace(picture: np.ndarray, right: float, down: float) -> np.ndarray:
    """Return the picture with its odd rows seen at a later moment than its even ones.

    Between the two, the scene moved by `right` and `down` pixels, half of it before and half
    after the moment of `picture`.
    """
    result = shift(picture, -right / 2, -down / 2)
    result[1::2] = shift(picture, right / 2, down / 2)[1::2]
    return result


def one_field(picture: np.ndarray) -> np.ndarray:
    """Return the picture with each odd row made of the even ones beside it."""
    height, width = picture.shape[:2]
    half = np.array([[1, 0, 0], [0, 0.5, 0]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        picture[::2], half, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )


def shift(picture: np.ndarray, right: float, down: float) -> np.ndarray:
    """Return the picture moved by parts of pixels, its outermost pixels repeated."""
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
    size = picture.shape[1], picture.shape[0]
    return cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)


def median(picture: np.ndarray) -> np.ndarray:
    """Return the median of each pixel's 3x3 neighbourhood: a simple noise reduction."""
    return cv2.medianBlur(picture, 3)


def brightness(picture: np.ndarray, shift: float) -> np.ndarray:
    """Return the picture `shift` grey levels brighter (darker if negative)."""
    return contrast(picture, 1.0, shift)


def contrast(picture: np.ndarray, gain: float, shift: float = 0.0) -> np.ndarray:
    """Return the picture with every distance from middle grey times `gain`, then shifted."""
    middle = 127.5
    levels = (np.arange(256, dtype=np.float32) - middle) * gain + (middle + shift)
    return cv2.LUT(picture, np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def equalise(picture: np.ndarray, clip_limit: float, tiles: tuple[int, int]) -> np.ndarray:
    """Return the picture with its contrast equalised in `tiles` (columns, rows): CLAHE.

    K. Zuiderveld, "Contrast limited adaptive histogram equalization", 1994. Of a colour picture,
    the lightness is equalised.
    """
    clahe = cv2.createCLAHE(clipLimit=clip_limit, tileGridSize=tiles)
    if picture.ndim == 2:
        return clahe.apply(picture)
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    lab[:, :, 0] = clahe.apply(np.ascontiguousarray(lab[:, :, 0]))
    return cv2.cvtColor(lab, cv2.COLOR_LAB2BGR)


def crisp(picture: np.ndarray, amount: float, sigma: float, threshold: float) -> np.ndarray:
    """Return the picture with its edges exaggerated and its noise taken away.

    Unsharp masking with coring, as in cameras: of the difference from the picture under a Gaussian,
    what is within `threshold` grey levels is left out, and the rest is drawn nearer to 0 by it,
    then multiplied with 1 + `amount` and added to the soft picture.
    """
    soft = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    detail = cv2.subtract(picture, soft, dtype=cv2.CV_16S).astype(np.float32)
    detail -= np.clip(detail, -threshold, threshold)
    return cv2.addWeighted(soft, 1, detail, 1 + amount, 0, dtype=cv2.CV_8U)


def sharpen(picture: np.ndarray, amount: float, sigma: float) -> np.ndarray:
    """Return the picture with its edges exaggerated, which leaves halos about `sigma` px wide.

    Unsharp masking: `amount` times the difference from the picture under a Gaussian is added.
    """
    soft = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return cv2.addWeighted(picture, 1 + amount, soft, -amount, 0)
