"""Characters as distance fields: the shape of a font, squeezed into a cell, at any weight.

A distance field says how far inside (positive) or outside (negative) the outline each point lies.
Moving the level at which it is cut makes the strokes bolder or lighter, and the cut is sharp at any
scale (Green 2007, "Improved Alpha-Tested Magnification for Vector Textures and Special Effects").
"""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import numpy as np

FONTS = Path(__file__).parent / "fonts"
LATIN_FACES = (
    "BarlowCondensed-Medium.ttf",
    "Rajdhani-SemiBold.ttf",
    "Overpass-SemiBold.ttf",
    "RobotoCondensed-Medium.ttf",
    "OpenSansCondensed-Bold.ttf",
)
CHINESE_FACES = ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf")

FIELD_SCALE = 1.5
"""Points of a field per millimetre: fields are smooth, so this is fine enough."""
MARGIN = 6.0
"""Millimetres of a field around its cell; distances are exact up to this far outside."""

_DRAWN_SIZE = 400
_DRAWN_SCALE = 6


@functools.cache
def glyph_field(face: str, character: str, width: float, height: float) -> np.ndarray:
    """The distance field of `character` in a cell of `width` x `height` mm, with MARGIN around.

    float32, in millimetres, FIELD_SCALE points per millimetre, read-only. A Chinese character
    fills the cell. So does a Latin one that is as wide as the face's 0; a narrower one, such as 1,
    stays narrower in proportion and is centred.
    """
    drawn = _draw(face, character)
    if face in LATIN_FACES:
        glyph_width = width * min(1.0, drawn.shape[1] / drawn.shape[0] / _zero_aspect(face))
    else:
        glyph_width = width
    size = (round(glyph_width * _DRAWN_SCALE), round(height * _DRAWN_SCALE))
    squeezed = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
    down = round(MARGIN * _DRAWN_SCALE)
    across = round((MARGIN + (width - glyph_width) / 2) * _DRAWN_SCALE)
    padded = cv2.copyMakeBorder(squeezed, down, down, across, across, cv2.BORDER_CONSTANT, value=0)
    field = _signed_distance(padded) / np.float32(_DRAWN_SCALE)
    shape = (
        round((width + 2 * MARGIN) * FIELD_SCALE),
        round((height + 2 * MARGIN) * FIELD_SCALE),
    )
    reduced: np.ndarray = cv2.resize(field, shape, interpolation=cv2.INTER_AREA)
    reduced.flags.writeable = False
    return reduced


@functools.cache
def stroke_width(face: str, character: str, width: float, height: float) -> float:
    """The width of the glyph's strokes in millimetres.

    Across a stroke of even width w the distance to the nearer edge averages w / 4.
    """
    field = glyph_field(face, character, width, height)
    return 4 * float(field[field > 0].mean())


@functools.cache
def plate_field(width: int, height: int, radius: float) -> np.ndarray:
    """The distance field of a plate with rounded corners: float32, in mm, read-only.

    One point per mm, nothing around the plate.
    """
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius)
    corner = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    side = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
    distances = np.asarray(radius - corner - side, np.float32)
    distances.flags.writeable = False
    return distances


@functools.cache
def _zero_aspect(face: str) -> float:
    """Width over height of the face's 0, the measure of its other characters."""
    zero = _draw(face, "0")
    return zero.shape[1] / zero.shape[0]


def _draw(face: str, character: str) -> np.ndarray:
    """The character as the font has it, white on black, cut to its outline: uint8."""
    # Not above: who deblurs or blurs alone has no Pillow, and is told so by the command.
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(str(FONTS / face), _DRAWN_SIZE)
    left, top, right, bottom = font.getbbox(character)
    image = Image.new("L", (int(right - left) + 4, int(bottom - top) + 4))
    ImageDraw.Draw(image).text((2 - left, 2 - top), character, font=font, fill=255)
    drawn = np.array(image)
    x, y, width, height = cv2.boundingRect((drawn > 127).astype(np.uint8))
    return drawn[y : y + height, x : x + width]


def _signed_distance(drawn: np.ndarray) -> np.ndarray:
    _, inside = cv2.threshold(drawn, 127, 255, cv2.THRESH_BINARY)
    within = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    without = cv2.distanceTransform(255 - inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(within - without, np.float32)
