"""Fax compressions: Modified Huffman, Group 3, Group 4 (ITU-T T.4 and T.6; TIFF 6.0, section 11).

Decoded here, for libtiff goes on behind damage, and OpenCV does not tell.
"""

from __future__ import annotations

import bisect
import re

import numpy as np

from plumbing.pictures.errors import PictureError
from plumbing.pictures.formats.tiff.fax_codes import BLACK, MODES, PASS, RUNS, WHITE
from plumbing.pictures.formats.tiff.packbits import BROKEN

BARE_ROWS, GROUP_3, GROUP_4 = 2, 3, 4  # the compressions
_TWO_DIMENSIONAL = 1  # in T4Options
_END_OF_ROW = re.compile("0{11,}1")
# Ends of rows, each perhaps with the bit that tells of the next row, and less than a byte.
_END = re.compile("(0{11,}11?)*(0*|[01]{1,7})")
_LONGEST_CODE = 13
_LONGEST_END = 64  # bytes that end a row, most of them filled up


def expand_fax(data: bytes, width: int, height: int, compression: int, options: int = 0) -> bytes:
    """Expand a strip to rows of bits, 1 for black, that begin with a byte each.

    `options` is T4Options. Raises PictureError where a row is not as long as it should be, or
    where more than an end is behind the last one.
    """
    if len(data) > 2 * width * height + _LONGEST_END * height:
        raise PictureError(BROKEN)
    reader = _Reader("".join(f"{byte:08b}" for byte in data), width)
    changes = np.zeros((height, width + 1), dtype=bool)
    row: list[int] = []
    for y in range(height):
        by_differences = compression == GROUP_4
        if compression == BARE_ROWS:
            reader.place = -(-reader.place // 8) * 8
        elif compression == GROUP_3:
            by_differences = reader.pass_end_of_row(bool(options & _TWO_DIMENSIONAL))
        row = reader.read_differences(row) if by_differences else reader.read_runs()
        changes[y, row] = True
    if not reader.is_at_end():
        raise PictureError(BROKEN)
    black = np.logical_xor.accumulate(changes[:, :width], axis=1)
    return np.packbits(black, axis=1).tobytes()


class _Reader:
    """Reads rows, each as the places where its colour changes, from white to black and back."""

    def __init__(self, bits: str, width: int):
        self.place = 0
        self._bits = bits
        self._width = width

    def pass_end_of_row(self, is_tagged: bool) -> bool:
        """Pass the mark before a row; return whether its tag says that differences follow."""
        found = _END_OF_ROW.match(self._bits, self.place)
        if found is None:
            raise PictureError(BROKEN)
        self.place = found.end() + int(is_tagged)
        return is_tagged and self._bits[found.end() : self.place] == "0"

    def is_at_end(self) -> bool:
        return _END.fullmatch(self._bits, self.place) is not None

    def read_runs(self) -> list[int]:
        """Read a row of runs (T.4, 4.1)."""
        changes: list[int] = []
        place = 0
        while place < self._width:
            place += self._run(BLACK if len(changes) % 2 else WHITE)
            changes.append(place)
        return self._check(changes, place)

    def read_differences(self, above: list[int]) -> list[int]:
        """Read a row of differences from the changes in the row above it (T.4, 4.2)."""
        changes: list[int] = []
        place = -1  # before the row
        while place < self._width:
            is_black = len(changes) % 2
            index = bisect.bisect(above, place)
            index += index % 2 != is_black  # the next change to the other colour
            first, second = [*above[index : index + 2], self._width, self._width][:2]
            mode = self._code(MODES)
            if mode == PASS:
                place = second
            elif mode == RUNS:
                place = max(place, 0)
                for codes in (BLACK, WHITE) if is_black else (WHITE, BLACK):
                    place += self._run(codes)
                    changes.append(place)
            elif first + mode < max(place, 0):
                raise PictureError(BROKEN)
            else:
                place = first + mode
                changes.append(place)
        return self._check(changes, place)

    def _check(self, changes: list[int], end: int) -> list[int]:
        """Return changes without those that cancel each other, of a row that ends where it should.

        Raises PictureError where it does not.
        """
        if end != self._width:
            raise PictureError(BROKEN)
        real: list[int] = []
        for change in changes:
            if real and real[-1] == change:
                real.pop()
            else:
                real.append(change)
        return real

    def _run(self, codes: dict[str, int]) -> int:
        length = 0
        while True:
            part = self._code(codes)
            length += part
            if part < 64:
                return length

    def _code(self, codes: dict[str, int]) -> int:
        """Read the next code, and return what it means; PictureError where there is none."""
        for length in range(1, _LONGEST_CODE + 1):
            meaning = codes.get(self._bits[self.place : self.place + length])
            if meaning is not None:
                self.place += length
                return meaning
        raise PictureError(BROKEN)
