"""What the profile `camera` draws its parameters from: every range, with its unit.

Lengths are in pixels of the 270x90 frame, angles in degrees, anticlockwise, 0 along the rows. Where
no range is named, as for most directions, all that can be drawn is equally likely.
"""

# ruff: noqa: RUF009 (the defaults are named tuples, which nobody can change)

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Range(NamedTuple):
    """A uniform distribution from `low` to `high`."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        """Draw a number."""
        # As rng.uniform, in a fifth of its time.
        return self.low + (self.high - self.low) * rng.random()


class Growing(NamedTuple):
    """A number that is `start` at difficulty 0, and `growth` more at difficulty 1."""

    start: float
    growth: float = 0.0

    def at(self, difficulty: float) -> float:
        """Return the number at a difficulty from 0 to 1."""
        return self.start + self.growth * difficulty


class GrowingRange(NamedTuple):
    """A uniform distribution whose bounds depend on the difficulty."""

    low: Growing
    high: Growing

    def draw(self, rng: np.random.Generator, difficulty: float) -> float:
        """Draw a number at a difficulty from 0 to 1."""
        return Range(self.low.at(difficulty), self.high.at(difficulty)).draw(rng)


@dataclass(frozen=True)
class CameraRanges:
    """The ranges of the profile `camera`; a share is a probability from 0 to 1.

    Of the target, a sharp plate at a steady contrast somewhere in the frame:

    grey_weights:        weight of each channel of a colour picture, before they are made to sum
                         to 1.
    target_shares:       of the plate's pixels, those darker than its dark and its light level.
    target_levels:       grey levels that these two come to lie at.
    inverted_share:      of the plates with a dark ground, those whose levels are inverted.
    side_margin:         between plate and frame, at either side, in widths of the frame; negative
                         where the plate is cut off.
    upright_margin:      the same above and below, in heights of the frame.
    background_bands:    least and most horizontal bands of grey behind the plate.
    rotation_deviation:  standard deviation of the plate's rotation, degrees.
    shear_deviation:     of its shear, pixels along the rows for each pixel down.
    bow_deviation:       of how far a wide lens bends its rows, in heights of the frame.
    corner_shift:        the most that each corner moves along and across the rows, in widths and
                         heights of the frame.

    Of the blurred picture, which is made of the target. How hard it is to read is one number from
    0 to 1, the `difficulty`, which scales most of the damage: a badly blurred picture tends to be
    small and noisy as well.

    difficulty_exponent: the difficulty is a uniform number to this power; below 1, hard pictures
                         are more frequent.
    contrast:            of the scene, as a share of the range of grey levels, anywhere in it.

    linear_motion_share: of the pictures, those moved along a line; the others by a hand's tremor.
    linear_motion:       the longest line, pixels, across the rows.
    tremor:              the largest extent of a hand's path, pixels.
    tremor_steps:        changes of its velocity.
    tremor_start:        its first velocity, in standard deviations of the changes.
    length_share:        the drawn length or extent, as a share of the longest.
    row_reduction:       how much shorter lines along the rows are, where characters stand closest.
    diagonal_share:      of the lines, those near 45, 90 or 135 degrees; the others at any angle.
    diagonal_deviation:  standard deviation of their angle, degrees.
    shallow_share:       of the lines, those at a shallow angle to the rows, rising or falling.
    shallow_angle:       that angle.
    bent_share:          of the lines, those that are bent to an arc.
    bend_deviation:      standard deviation of the angle between an arc's two ends, degrees.
    hooked_share:        of the lines, those that turn sharply near one of their ends.
    hook_angle:          the most that they turn, to either side.
    uneven_share:        of the lines, those along which exposure or speed changes.
    vibration_share:     of these, those that are part of a vibration, which dwells where it turns;
                         along the others the light or the speed changes steadily.
    vibration_start:     where in the vibration they begin, in half periods from a turn.
    vibration_extent:    how much of it they show, in half periods.
    vibration_slowest:   the least speed that is reckoned with, as a share of the highest.
    steady_light, steady_change: light at a line's beginning, and how much more at its end; what is
                         negative counts as positive.
    least_light:         is added to the light of each stretch of an uneven line.
    ghost_share:         of the pictures, those doubled, as interlaced cameras make them.
    ghost_distance:      between the two, pixels.
    ghost_strength:      share of the light in the second one.
    trail_share:         of the pictures, those with a trail of earlier frames, as temporal noise
                         reduction leaves it.
    trail_frames:        least and most earlier frames.
    trail_distance:      between two frames, pixels.
    trail_strength:      the light of each frame, as a share of the next later one's.
    gaussian_share:      of the pictures, those under a Gaussian; the others are out of focus.
    gaussian_sigma:      standard deviation of the Gaussian, pixels.
    gaussian_aspect:     its standard deviation across, over that along.
    defocus_radius:      of the disc that a lens out of focus makes of a point, pixels.

    sensor_pixel:        width of a pixel of the sensor, in pixels of the frame.
    sensor_aspect:       width over height of the plate's picture on the sensor.
    aliased_share:       of the pictures, those sampled without averaging over the sensor's pixels.
    noise_level:         the most noise, standard deviation in grey levels at full white; mostly
                         less: it is multiplied with the square of a uniform number.
    interlaced_share:    of the pictures, those made of two fields of two moments.
    field_shift:         the most that the scene moves between them, in either direction, pixels of
                         the sensor.
    one_field_share:     of the other pictures, those whose odd rows are made of the even ones.
    median_share:        of the pictures, those whose noise is reduced by medians.
    crisp_share:         of the pictures, those sharpened by a video camera, before its codec.
    crisp_amount:        by how much the differences from the soft picture grow.
    crisp_sigma:         standard deviation of the mask, pixels of the sensor.
    crisp_threshold:     differences up to this share of the picture's standard deviation count as
                         noise.
    codec_share:         of the pictures, those cut out of a compressed video.
    codec_quality:       its quality, as of a JPEG.
    rescaled_share:      of the pictures, those whose size is changed between video and JPEG.
    rescaled_size:       their new width and height, in old ones.
    jpeg_quality_least, jpeg_quality_most:
                         quality of the JPEG, 1 to 100, both included.
    processed_first_share: of the pictures, those sharpened and equalised before the JPEG, by the
                         camera, the others after it, by a viewer.
    sharpening_share:    of the pictures, those under an unsharp mask.
    sharpening_amount:   how much of the difference from the soft picture is added.
    sharpening_sigma:    standard deviation of the mask, pixels of the sensor.
    clahe_share:         of the pictures, those whose contrast is equalised (CLAHE).
    clahe_clip_limit:    its clip limit.
    clahe_columns, clahe_rows: its least and most tiles.
    linear_enlargement_share: of the pictures, those enlarged to the frame by linear interpolation;
                         the others by cubic interpolation.
    """

    grey_weights: Range = Range(0.1, 1.0)
    target_shares: tuple[float, float] = (0.02, 0.98)
    target_levels: tuple[float, float] = (0.1 * 255, 0.9 * 255)
    inverted_share: float = 0.2
    side_margin: Range = Range(-0.05, 0.17)
    upright_margin: Range = Range(-0.04, 0.28)
    background_bands: tuple[int, int] = (1, 6)
    rotation_deviation: float = 4.5
    shear_deviation: float = 0.1
    bow_deviation: float = 0.02
    corner_shift: tuple[float, float] = (0.02, 0.05)

    # Real pictures are read about as badly as those of 0.8 to 0.9, and easy ones teach little.
    difficulty_exponent: float = 0.35
    contrast: Range = Range(0.62, 1)

    linear_motion_share: float = 0.85
    linear_motion: Growing = Growing(9, 34)
    tremor: Growing = Growing(8, 22)
    tremor_steps: int = 12
    tremor_start: float = 3
    length_share: Range = Range(0.55, 1)
    row_reduction: float = 0.4
    diagonal_share: float = 0.2
    diagonal_deviation: float = 8
    shallow_share: float = 0.55
    shallow_angle: Range = Range(15, 50)
    bent_share: float = 0.25
    bend_deviation: float = 60
    hooked_share: float = 0.15
    hook_angle: float = 150
    uneven_share: float = 0.5
    vibration_share: float = 0.5
    vibration_start: Range = Range(-0.25, 0.25)
    vibration_extent: Range = Range(0.75, 1.25)
    vibration_slowest: float = 0.2
    steady_light: Range = Range(-1, 1)
    steady_change: Range = Range(-1, 1)
    least_light: float = 0.1
    ghost_share: float = 0.12
    ghost_distance: GrowingRange = GrowingRange(Growing(4), Growing(7, 10))
    ghost_strength: Range = Range(0.2, 0.5)
    trail_share: float = 0.2
    trail_frames: tuple[int, int] = (1, 3)
    trail_distance: GrowingRange = GrowingRange(Growing(1), Growing(3, 4))
    trail_strength: Range = Range(0.1, 0.5)
    gaussian_share: float = 0.8
    gaussian_sigma: GrowingRange = GrowingRange(Growing(0.3), Growing(0.8, 1))
    gaussian_aspect: Range = Range(0.7, 1.4)
    defocus_radius: GrowingRange = GrowingRange(Growing(0.5), Growing(1, 1.5))

    sensor_pixel: GrowingRange = GrowingRange(Growing(1.5, 1), Growing(3.5, 2))
    # Cropped plates are 2 to 3.5 times as wide as high before the frame stretches them.
    sensor_aspect: Range = Range(2.0, 3.2)
    aliased_share: float = 0.3
    noise_level: Growing = Growing(2, 4)
    interlaced_share: float = 0.25
    field_shift: float = 0.8
    one_field_share: float = 0.12
    median_share: float = 0.35
    crisp_share: float = 0.8
    crisp_amount: Range = Range(0.3, 3)
    crisp_sigma: Range = Range(0.8, 2)
    crisp_threshold: Range = Range(0, 0.3)
    codec_share: float = 0.6
    codec_quality: GrowingRange = GrowingRange(Growing(12, 18), Growing(60, 20))
    rescaled_share: float = 0.25
    rescaled_size: Range = Range(0.75, 1.5)
    jpeg_quality_least: Growing = Growing(75, -50)
    jpeg_quality_most: int = 92
    processed_first_share: float = 0.7
    sharpening_share: float = 0.35
    sharpening_amount: Range = Range(0.3, 3)
    sharpening_sigma: Range = Range(0.6, 1.4)
    clahe_share: float = 0.3
    clahe_clip_limit: Range = Range(1, 3)
    clahe_columns: tuple[int, int] = (1, 4)
    clahe_rows: tuple[int, int] = (1, 2)
    linear_enlargement_share: float = 0.4


CAMERA = CameraRanges()
