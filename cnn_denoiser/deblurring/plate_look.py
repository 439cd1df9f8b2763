"""Whether a picture may be a crop of a plate, by size, contrast and text: scenes become mush."""

from __future__ import annotations

import numpy as np

# Width over height. Plates are 2:1 (two rows) to 4.7:1 (a long European one), screens and cameras
# make 16:9 (1.78) and squarer pictures.
ASPECTS = (1.9, 5.2)
# Of a crop in pixels; the network sees 270x90 of it. Cameras' pictures begin with 1280 columns, and
# of plates less than 16 pixels wide not even the number of characters can be told.
WIDEST = 1200
NARROWEST = 16
# Between the darkest and the brightest pixel, of 255; a dark blurred plate has some 70. Empty
# pictures have none, and those of cameras that fill 12 of 16 bits have less than this.
LEAST_CONTRAST = 16
# Of the whole text that a network reads. Measured with `unet` (`python3 -m benchmarks.no_plate`,
# docs/deblurring.md): 84 % of 1,000 crops of pictures without plates are below this; of plates none
# of 100 real ones, and 11 of 2,000 synthetic ones, on which nothing could be read. Other text is
# hardly ever below it. It is lower than `reading.LEAST`, which reports call no plate: with
# `--on-warning skip` a warning leaves the picture out, so that it must nearly never be wrong.
LEAST_PROBABILITY = 1e-4
_ADVICE = "crop pictures to the plate"


def unlike_a_plate(width: int, height: int) -> str:
    """Say why a picture of this size does not look like a crop of a plate; "" where it does."""
    lowest, highest = ASPECTS
    if not lowest <= width / height <= highest:
        return (
            f"does not look like a plate crop: {width}x{height} is {width / height:.2g}:1, plates "
            f"are some 3:1; {_ADVICE}"
        )
    if width > WIDEST:
        return (
            f"does not look like a plate crop: {width}x{height} is larger than these are; {_ADVICE}"
        )
    if width < NARROWEST:
        return f"does not look like a plate crop: {width}x{height} is too small to be read"
    return ""


def without_contrast(frame: np.ndarray) -> str:
    """Say that nothing can be seen in a uint8 frame; "" where something can."""
    if int(frame.max()) - int(frame.min()) < LEAST_CONTRAST:
        return f"does not look like a plate crop: it is nearly all of one grey ({frame.max()})"
    return ""


def without_text(probability: float) -> str:
    """Say that nothing is read where the most probable text is no more probable than this."""
    if probability < LEAST_PROBABILITY:
        return "nothing on it can be read as the text of a plate"
    return ""
