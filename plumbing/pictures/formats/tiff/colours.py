"""From the samples of TIFF files to BGR."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from plumbing.pictures.formats.pixels import lay_on_white

# PhotometricInterpretation (TIFF 6.0, section 8 and after).
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, _LAB, _ICC_LAB = 0, 1, 2, 3, 5, 6, 8, 9
GREY_KINDS = (WHITE_IS_ZERO, BLACK_IS_ZERO)
_SAMPLES = {
    WHITE_IS_ZERO: 1,
    BLACK_IS_ZERO: 1,
    RGB: 3,
    PALETTE: 1,
    CMYK: 4,
    YCBCR: 3,
    _LAB: 3,
    _ICC_LAB: 3,
}
UNSUPPORTED_COLOURS = {
    4: "a transparency mask",
    10: "ITULab colours",
    32803: "a camera's raw data (CFA)",
    34892: "a camera's raw data (LinearRaw)",
    32844: "logarithmic luminance (LogL)",
    32845: "logarithmic colours (LogLuv)",
    51177: "a depth map",
}

# The white of CIELab in TIFF, D50, and the matrix from there to the primaries of sRGB, adapted
# after Bradford (http://www.brucelindbloom.com, "RGB/XYZ Matrices").
_D50 = np.array([0.96422, 1.0, 0.82521], dtype=np.float32)
_XYZ_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ],
    dtype=np.float32,
)


@dataclass(frozen=True)
class Colours:
    """What the samples of a pixel mean."""

    photometric: int
    bits: int
    alpha: int | None  # which sample it is
    premultiplied: bool  # the colours are multiplied by alpha
    colour_map: np.ndarray  # uint16 (3, 2**bits): red, green, blue; (3, 0) without a palette


def least_samples(photometric: int) -> int | None:
    """Return how many samples a pixel of this kind has at least; None where it is not known."""
    return _SAMPLES.get(photometric)


def to_bgr(samples: np.ndarray, colours: Colours) -> np.ndarray:
    """Make samples, uint8 or uint16 (H, W, samples), uint8 BGR (H, W, 3), laid on white."""
    kind = colours.photometric
    if kind == PALETTE:
        bgr = _from_palette(samples[..., 0], colours.colour_map)
    elif kind in (_LAB, _ICC_LAB):
        bgr = _from_lab(samples[..., :3], colours.bits, signed=kind == _LAB)
    else:
        scaled = scale_to_8_bits(samples[..., : _SAMPLES[kind]], colours.bits)
        if kind in GREY_KINDS:
            grey = 255 - scaled if kind == WHITE_IS_ZERO else scaled
            bgr = grey.repeat(3, axis=2)
        elif kind == CMYK:
            bgr = _from_cmyk(scaled)
        elif kind == YCBCR:
            bgr = cv2.cvtColor(np.ascontiguousarray(scaled[..., [0, 2, 1]]), cv2.COLOR_YCrCb2BGR)
        else:
            bgr = scaled[..., ::-1]
    if colours.alpha is None or colours.alpha >= samples.shape[2]:
        return bgr
    alpha = samples[..., colours.alpha : colours.alpha + 1]
    alpha = scale_to_8_bits(alpha, colours.bits)
    return lay_on_white(np.concatenate([bgr, alpha], axis=2), colours.premultiplied)


def scale_to_8_bits(samples: np.ndarray, bits: int) -> np.ndarray:
    """Scale samples of so many bits, rounding, to uint8."""
    if bits == 8:
        return samples
    most = 2**bits - 1
    if bits < 8:
        table = [(level * 255 + most // 2) // most for level in range(most + 1)]
        return np.array(table, dtype=np.uint8)[samples]
    flat = cv2.convertScaleAbs(np.ascontiguousarray(samples).reshape(-1, 1), alpha=255 / most)
    return flat.reshape(samples.shape)


def _from_palette(indices: np.ndarray, colour_map: np.ndarray) -> np.ndarray:
    if colour_map.max() >= 256:  # some writers count to 255
        colour_map = scale_to_8_bits(colour_map, 16)
    return colour_map.astype(np.uint8).T[indices][..., ::-1]


def _from_cmyk(inks: np.ndarray) -> np.ndarray:
    paper = 255 - inks.astype(np.uint16)
    return ((paper[..., 2::-1] * paper[..., 3:] + 127) // 255).astype(np.uint8)


def _from_lab(samples: np.ndarray, bits: int, signed: bool) -> np.ndarray:
    """Convert CIELab to sRGB (CIE 15, IEC 61966-2-1)."""
    lab = samples.astype(np.float32)
    half = 2 ** (bits - 1)
    if signed:
        lab[..., 1:] = np.where(lab[..., 1:] >= half, lab[..., 1:] - 2 * half, lab[..., 1:])
    else:
        lab[..., 1:] -= half
    lab[..., 0] *= 100 / (2 * half - 1)
    lab[..., 1:] *= 128 / half
    y = (lab[..., 0] + 16) / 116
    roots = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=2)
    xyz = np.where(roots > 6 / 29, roots**3, (roots - 4 / 29) * (3 * (6 / 29) ** 2)) * _D50
    linear = np.clip(xyz @ _XYZ_TO_SRGB.T, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(encoded[..., ::-1] * 255).astype(np.uint8)
