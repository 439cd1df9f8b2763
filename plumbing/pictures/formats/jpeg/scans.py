"""The scans of a JPEG file: where they end, and which are missing (ITU-T T.81, annexes B and G)."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The next marker in entropy-coded data: neither a stuffed FF 00, nor a restart (D0 to D7), nor a
# fill byte (T.81, B.1.1).
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ANY_MARKER = re.compile(rb"\xff[^\x00\xff]")
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_START, _SCAN, _END = b"\xff\xd8", b"\xff\xda", b"\xff\xd9"
_RESTART_INTERVAL = b"\xff\xdd"

LOST_INTERVAL = "a part of it is missing between two restart markers"

_FRAMES = frozenset(bytes([0xFF, kind]) for kind in (0xC0, 0xC1, 0xC2, 0xC9, 0xCA))
_PROGRESSIVE = (b"\xff\xc2", b"\xff\xca")


@dataclass(frozen=True)
class Scans:
    """The scans of the first picture in a file.

    `end` is the place behind the last entropy-coded byte, `closed` whether the end marker stands
    there, `count` the number of scans. `segments` has the start and the end of each segment and of
    what it leads, without stray bytes between them. `trouble` is a reason why the scans cannot be
    whole, or else "".
    """

    end: int
    closed: bool
    count: int
    progressive: bool
    segments: tuple[tuple[int, int], ...]
    trouble: str


def find_scans(data: bytes) -> Scans:
    """Find the scans in the JPEG file `data`."""
    coverage = _Coverage()
    segments: list[tuple[int, int]] = []
    place, count, restarts = 2, 0, 0
    end, trouble = len(data), ""
    while place + 4 <= len(data):
        if data[place] != 0xFF or data[place + 1] in (0x00, 0xFF):
            found = _ANY_MARKER.search(data, place)  # behind fill bytes, or stray ones
            place = found.start() if found else len(data)
            continue
        marker = data[place : place + 2]
        if marker == _END or (marker == _START and count):  # in the latter case, another picture
            end = place
            break
        if marker[1] == 0x01 or 0xD0 <= marker[1] <= 0xD8:  # these stand alone
            place += 2
            continue
        start, place = place, place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        segment = data[start + 4 : place]
        if marker in _FRAMES:
            coverage.begin(segment, marker in _PROGRESSIVE)
        elif marker == _RESTART_INTERVAL:
            restarts = int.from_bytes(segment[:2], "big")
        elif marker == _SCAN:
            count += 1
            coverage.add(segment)
            found = _MARKER.search(data, place)
            body, place = place, found.start() if found else len(data)
            trouble = trouble or _check_restarts(data[body:place], restarts)
        segments.append((start, min(place, len(data))))
        end = min(place, len(data))
    return Scans(
        end=end,
        closed=data[end : end + 2] == _END,
        count=count,
        progressive=coverage.progressive,
        segments=tuple(segments),
        trouble=trouble or coverage.missing(),
    )


class _Coverage:
    """Which coefficients the scans bring to their full precision."""

    def __init__(self) -> None:
        self.progressive = False
        self._bits: dict[int, list[int | None]] = {}  # missing bits; None: nothing yet

    def begin(self, frame: bytes, progressive: bool) -> None:
        self.progressive = progressive
        components = frame[6::3][: frame[5] if len(frame) > 5 else 0]
        self._bits = {component: [None] * 64 for component in components}

    def add(self, scan: bytes) -> None:
        count = scan[0] if scan else 0
        if len(scan) < 4 + 2 * count:
            return
        first, last, precision = scan[1 + 2 * count : 4 + 2 * count]
        if not self.progressive:
            first, last, precision = 0, 63, 0
        for component in scan[1 : 1 + 2 * count : 2]:
            bits = self._bits.get(component)
            if bits is not None and first <= last <= 63:
                bits[first : last + 1] = [precision & 15] * (last + 1 - first)

    def missing(self) -> str:
        """Say what no scan has brought, or "" where nothing is missing."""
        if any(bits[0] is None for bits in self._bits.values()):
            return "a colour of it is missing"
        if any(missing != 0 for bits in self._bits.values() for missing in bits):
            return "some of its scans are missing, and with them the finer detail"
        return ""


def _check_restarts(body: bytes, interval: int) -> str:
    """Check that restart markers come in their order: 0 to 7, again and again."""
    markers = _RESTART.findall(body)
    if markers and not interval:
        return "it has restart markers, but does not say how far apart"
    if any(marker[1] != 0xD0 + index % 8 for index, marker in enumerate(markers)):
        return LOST_INTERVAL
    return ""
