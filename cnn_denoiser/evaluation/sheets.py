"""The best, the middling and the worst results of a set, side by side as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from cnn_denoiser.evaluation.comparison import BLURRED, SHARP, Comparison
from cnn_denoiser.evaluation.measurement import Measurement
from cnn_denoiser.measures.plate_texts import comparable, letters_and_digits, plate_text
from cnn_denoiser.measures.scores import score_reading
from plumbing.commands.notices import printable
from plumbing.pictures.contact_sheet import contact_sheet

EACH = 3  # pictures of the best, of the middle, and of the worst


@dataclass(frozen=True)
class RankedPicture:
    """A picture to show, and its rank in its set: 1 is the best."""

    index: int
    rank: int
    of: int  # how many are ranked
    kind: str  # "best", "median" or "worst"


def choose(comparison: Comparison, method: str) -> list[RankedPicture]:
    """Return which pictures to show: the best of `method`, those in the middle, the worst.

    Ranked by the share of letters and digits that the OCR engines read right after the method, or
    without engines the method itself; of equals, the one of which they read less before goes first,
    then the one of the higher PSNR. Where nothing was read, by PSNR alone. Plates of which no
    letter or digit is known are left out.
    """
    pictures = comparison.pictures
    after, before = comparison.measurements[method], comparison.measurements[BLURRED]

    def merit(index: int) -> tuple[float, float, float]:
        label = pictures.labels[index]
        quality = after.psnr[index] if after.psnr is not None else None
        return (
            _share_read(after, label, index),
            -_share_read(before, label, index),
            quality or 0.0,
        )

    ranked = [
        index
        for index, label in enumerate(pictures.labels)
        if not _was_read(after) or score_reading(label or "", "").known_alphanumeric
    ]
    order = sorted(ranked or range(len(pictures.names)), key=merit, reverse=True)
    middle = max(0, (len(order) - EACH) // 2)
    ranks = {"best": range(EACH), "median": range(middle, middle + EACH)}
    ranks["worst"] = range(len(order) - EACH, len(order))
    chosen: dict[int, RankedPicture] = {}
    for kind in ("best", "worst", "median"):  # a small set has no middle of its own
        for rank in ranks[kind]:
            if 0 <= rank < len(order):
                chosen.setdefault(rank, RankedPicture(order[rank], rank + 1, len(order), kind))
    return [chosen[rank] for rank in sorted(chosen)]


def to_sheet(comparisons: Sequence[Comparison], method: str) -> np.ndarray:
    """Lay out the pictures that `choose` takes of every set, as one uint8 BGR picture.

    A row a plate: what each method made of it, with the letters and digits that were read from that
    (without engines, by a network in the blurred picture); last the sharp plate, where there is
    one. Each row's heading names the picture, its rank and what the plate says.
    """
    methods = list(dict.fromkeys(m for c in comparisons for m in c.measurements if m != SHARP))
    if any(SHARP in comparison.measurements for comparison in comparisons):
        methods.append(SHARP)
    rows, captions, headings = [], [], []
    for comparison in comparisons:
        measured = [comparison.measurements.get(name) for name in methods]
        for ranked in choose(comparison, method):
            rows.append([None if m is None else m.outputs[ranked.index] for m in measured])
            captions.append([_reading(m, ranked.index) for m in measured])
            headings.append(_heading(comparison, method, ranked))
    return contact_sheet(rows, list(map(printable, methods)), captions, headings=headings)


def _heading(comparison: Comparison, method: str, ranked: RankedPicture) -> str:
    pictures = comparison.pictures
    measurement = comparison.measurements[method]
    label = pictures.labels[ranked.index]
    who = "after" if measurement.readings else "by"
    was_read = label is not None and _was_read(measurement)
    figure = f"letters and digits read right {who}" if was_read else "PSNR of"
    says = "" if label is None else f", says {letters_and_digits(comparable(label))}"
    return printable(
        f"{pictures.description}: {ranked.kind}, rank {ranked.rank} of {ranked.of} by "
        f"{figure} {method}: {pictures.names[ranked.index]}{says}"
    )


def _share_read(measurement: Measurement, label: str | None, index: int) -> float:
    """Return the mean share over the readers of the letters and digits that are read right."""
    if label is None or not _was_read(measurement):
        return 0.0
    return fmean(
        score_reading(label, text or "").alphanumeric or 0.0 for text in _texts(measurement, index)
    )


def _was_read(measurement: Measurement) -> bool:
    return bool(measurement.readings or measurement.own_readings)


def _texts(measurement: Measurement, index: int) -> list[str | None]:
    """Return what the OCR engines read; without engines, what the method itself did."""
    if not measurement.readings and measurement.own_readings:
        return [plate_text(measurement.own_readings[index].text)]
    return [readings[index] for readings in measurement.readings.values()]


def _reading(measurement: Measurement | None, index: int) -> str:
    """Return what was read, once where all readers agree."""
    if measurement is None:
        return ""
    found = _texts(measurement, index)
    texts = [letters_and_digits(reading) or "(none)" for reading in found if reading is not None]
    return " / ".join(dict.fromkeys(texts))
