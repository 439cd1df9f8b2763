"""New plates out of photographed ones: their characters cut out and put together differently.

A folder of plates holds some characters much more often than others: digits more than letters, the
letters of one region more than those of others. A network that learns from it writes the frequent
ones where it should have written the rare ones.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from plates.plate import Plate
from plates.slots import UNKNOWN_CHARACTER

WIDTH, HEIGHT = 264, 84  # of the plate that is put together: 440x140 mm

# Left and right of the second to the seventh character of a small car's plate (GA 36: 440 mm
# wide), in the middle of the gaps, the dot left out; as shares of the width.
CELLS = (
    np.array([[66, 121], [147, 202], [202, 259], [259, 316], [316, 373], [373, 430]], np.float64)
    / 440
)
SEARCH = 9 / 440  # how far from there the gap in a picture may lie
LIGHT = 0.4  # of the width, over which the light on a plate changes little
MOST_GAIN = 2.5  # in contrast, of a character cut out
EXCHANGED_SHARES = (0.2, 1.0)  # of a plate's characters, the least and the most


def recombine(
    plate: Plate,
    draw_donor: Callable[[int], tuple[Plate, int]],
    rng: np.random.Generator,
) -> Plate:
    """Return `plate` with some of its characters replaced by those of others.

    All are pictures of plates with seven characters in one row, the first one Chinese, light on
    dark or dark on light, cropped to the plate: uint8 BGR `(H, W, 3)` of any size. The result is
    uint8 BGR `(84, 264, 3)`. `draw_donor` is given the place of a character, from 0, the one after
    the Chinese one, to 5, and returns a plate and the place in it of the character to put there.
    """
    result = _resized(plate.picture)
    is_dark_on_light = _is_dark_on_light(result)
    if is_dark_on_light:
        result = cv2.bitwise_not(result)
    characters = _characters(plate)
    share = rng.uniform(*EXCHANGED_SHARES)
    columns = _columns(result)
    ground, ink = _colours(result)
    for place, (left, right) in enumerate(columns):
        if rng.random() >= share:
            continue
        donor_plate, donor_place = draw_donor(place)
        characters[1 + place] = _characters(donor_plate)[1 + donor_place]
        donor = _resized(donor_plate.picture)
        if _is_dark_on_light(donor):
            donor = cv2.bitwise_not(donor)
        donor_ground, donor_ink = _colours(donor)
        donor_left, donor_right = _columns(donor)[donor_place]
        cell = cv2.resize(
            donor[:, donor_left:donor_right],
            (int(right - left), HEIGHT),
            interpolation=cv2.INTER_LINEAR,
        )
        # Where the donor has little contrast in a channel, there is mostly noise to amplify.
        contrast = np.maximum(donor_ink - donor_ground, 1)
        gain = np.clip((ink - ground) / contrast, 0, MOST_GAIN)
        recoloured = cv2.transform(
            cell, np.column_stack([np.diag(gain), ground - gain * donor_ground])
        )
        _blend(result, recoloured, int(left))
    if is_dark_on_light:
        result = cv2.bitwise_not(result)
    return Plate(result, "".join(characters))


def _characters(plate: Plate) -> list[str]:
    """Return the seven characters of a plate, those that are not known as `?`."""
    is_known = plate.text is not None and len(plate.text) == 1 + len(CELLS)
    return list(plate.text if is_known and plate.text else UNKNOWN_CHARACTER * (1 + len(CELLS)))


def _resized(plate: np.ndarray) -> np.ndarray:
    return cv2.resize(plate, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)


def _middle(plate: np.ndarray) -> np.ndarray:
    """Return the rows between the frame's bolts and rims, where characters are."""
    return plate[round(0.2 * HEIGHT) : round(0.8 * HEIGHT)]


def _is_dark_on_light(plate: np.ndarray) -> bool:
    """Say whether characters are darker than the ground, which covers most of these rows."""
    grey = cv2.cvtColor(_middle(plate), cv2.COLOR_BGR2GRAY).astype(np.float32) + 1
    reach = round(LIGHT * WIDTH)
    low, ground, high = np.percentile(grey / cv2.blur(grey, (reach, reach)), (5, 45, 95))
    return bool(ground > (low + high) / 2)


def _columns(plate: np.ndarray) -> np.ndarray:
    """Return the first and the last column + 1 of each cell, int (6, 2), moved into the gaps."""
    grey = cv2.cvtColor(_middle(plate), cv2.COLOR_BGR2GRAY)
    # Characters stand out from the ground; the further from where a gap should be, the worse.
    energy = cv2.reduce(
        cv2.subtract(grey, np.median(grey[::2, ::2])), 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F
    )
    energy = cv2.blur(energy, (3, 1)).ravel()
    reach = round(SEARCH * WIDTH)
    offsets = np.arange(-reach, reach + 1)
    penalty = 0.1 * energy.max() * np.abs(offsets) / reach
    nominal = np.rint(CELLS * WIDTH).astype(int)
    places = np.clip(nominal[..., None] + offsets, 0, WIDTH - 1)
    best = np.argmin(energy[places] + penalty, axis=-1)
    return np.take_along_axis(places, best[..., None], axis=-1)[..., 0]


def _colours(plate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the colour of the ground and of the characters, float64 (3,) each."""
    middle = np.ascontiguousarray(_middle(plate))
    grey = cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY)
    # Characters cover a good quarter of these rows.
    low, high = np.percentile(grey[::2, ::2], (40, 92))
    ground = cv2.mean(middle, cv2.compare(grey, low, cv2.CMP_LE))
    ink = cv2.mean(middle, cv2.compare(grey, high, cv2.CMP_GE))
    return np.array(ground[:3]), np.array(ink[:3])


def _blend(plate: np.ndarray, cell: np.ndarray, left: int) -> None:
    """Lay a cell into the plate, its outermost columns half and half."""
    right = left + cell.shape[1]
    for column, own in ((left, cell[:, 0]), (right - 1, cell[:, -1])):
        plate[:, column] = own // 2 + plate[:, column] // 2
    plate[:, left + 1 : right - 1] = cell[:, 1:-1]
