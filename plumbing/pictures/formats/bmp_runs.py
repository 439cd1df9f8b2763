"""Run-length encoding in BMP files: BI_RLE8 and BI_RLE4 of Microsoft's documentation."""

from __future__ import annotations

import numpy as np

from plumbing.pictures.errors import INCOMPLETE, PictureError

_END_OF_ROW, _END, _MOVE = 0, 1, 2


def expand_runs(data: bytes, width: int, height: int, bits: int) -> np.ndarray:
    """Expand runs to palette indices, uint8 (H, W), the first row first; `bits` is 8 or 4.

    What is passed over is 0. Raises PictureError where the data end early or lead outside.
    """
    levels = np.zeros((height, width), dtype=np.uint8)
    x = y = place = 0
    while place + 2 <= len(data):
        count, value = data[place], data[place + 1]
        place += 2
        if count:
            run = _unpack(bytes([value]) * ((count + 1) // 2 if bits == 4 else count), bits)
        elif value == _END:
            return levels
        elif value == _END_OF_ROW:
            x, y = 0, y + 1
            continue
        elif value == _MOVE:
            if place + 2 > len(data):
                break
            x, y = x + data[place], y + data[place + 1]
            place += 2
            continue
        else:  # pixels as they are, filled up to an even number of bytes
            count = value
            size = (count + 1) // 2 if bits == 4 else count
            run = _unpack(data[place : place + size], bits)
            place += size + size % 2
        # In rows of odd length, some writers let a run of 4 bits end one pixel behind the row.
        if y >= height or x + count > width + (bits == 4) or len(run) < count:
            raise PictureError(INCOMPLETE)
        levels[y, x : x + count] = run[: min(count, width - x)]
        x += count
    # Some writers leave out the end; then all rows must be there.
    if (y == height - 1 and x >= width) or y >= height:
        return levels
    raise PictureError(INCOMPLETE)


def _unpack(data: bytes, bits: int) -> np.ndarray:
    values = np.frombuffer(data, np.uint8)
    if bits == 8:
        return values
    return np.stack([values >> 4, values & 15], axis=1).reshape(-1)
