"""From the bytes of a strip or tile of TIFF to its samples."""

from __future__ import annotations

import numpy as np

from plumbing.pictures.formats.tiff.compressions import Coding


def take_samples(data: bytes, width: int, height: int, coding: Coding) -> np.ndarray:
    """Take samples of 1 to 16 bits out of rows that begin with a byte each.

    `data` has as many bytes as `coding.size(width, height)` says. Returns uint8 or, for more than 8
    bits, uint16 `(height, width, coding.samples)`.
    """
    if coding.subsampling != (1, 1):
        return _spread_chroma(data, width, height, coding.subsampling)
    count = width * coding.samples
    values: np.ndarray
    if coding.bits == 8:
        values = np.frombuffer(data, np.uint8)
    elif coding.bits == 16:
        values = np.frombuffer(data, coding.order + "u2").astype(np.uint16)
    else:
        rows = np.frombuffer(data, np.uint8).reshape(height, -1)
        bits = np.unpackbits(rows, axis=1)[:, : count * coding.bits]
        values = np.zeros((height, count), dtype=np.uint8 if coding.bits < 8 else np.uint16)
        for place in range(coding.bits):
            values = values << 1 | bits[:, place :: coding.bits]
    return values.reshape(height, width, coding.samples)


def undo_prediction(samples: np.ndarray) -> np.ndarray:
    """Add up the differences that predictor 2 has put in the place of samples (section 14)."""
    return np.cumsum(samples, axis=1, dtype=samples.dtype)


def _spread_chroma(
    data: bytes, width: int, height: int, subsampling: tuple[int, int]
) -> np.ndarray:
    """Give each luma sample the chroma that its block shares (section 21)."""
    across, down = subsampling
    columns, rows = -(-width // across), -(-height // down)
    blocks = np.frombuffer(data, np.uint8).reshape(rows, columns, across * down + 2)
    chroma = blocks[..., -2:].repeat(down, axis=0).repeat(across, axis=1)
    in_rows = blocks[..., :-2].reshape(rows, columns, down, across).swapaxes(1, 2)
    luma = in_rows.reshape(rows * down, columns * across, 1)
    return np.concatenate([luma, chroma], axis=2)[:height, :width]
