"""How large results are."""

from __future__ import annotations

import argparse
import math
import re
from dataclasses import dataclass
from typing import Literal

from plumbing.commands.numbers import LARGEST

FRAME = (270, 90)  # width and height, as `plumbing.pictures.frame` has them; that imports OpenCV
MOST_COLUMNS = 16384  # of a result; WebP holds no more
_FACTOR = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)x")
_KINDS = ("model", "source", "exact")


@dataclass(frozen=True)
class ResultSize:
    """The size of results, as `--size` and `--aspect` ask for it.

    kind:        "model": that of the frame, 270x90. "source": the source's shape and size, but
                 neither narrower nor lower than the frame, so that nothing is thrown away that was
                 gained. "exact": exactly the source's. "width": so many pixels wide. "factor": so
                 many times the source's, in both directions.
    number:      the width in pixels, or the factor.
    keep_aspect: with "model" and "width" the shape is the source's, and not the frame's 3:1.
    """

    kind: Literal["model", "source", "exact", "width", "factor"] = "model"
    number: float = 0
    keep_aspect: bool = False

    def __str__(self) -> str:
        return {"width": f"{self.number:.0f}", "factor": f"{self.number:g}x"}.get(
            self.kind, self.kind
        )

    @property
    def is_frame(self) -> bool:
        """Whether every result is 270x90, whatever its source."""
        return self.kind == "model" and not self.keep_aspect

    def of(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of the result of a source of this width and height, in pixels."""
        if self.is_frame:
            return FRAME
        if self.kind == "width":
            shape = (width, height) if self.keep_aspect else FRAME
            return _scaled(*shape, self.number / shape[0])
        factor = {"exact": 1.0, "factor": self.number}.get(self.kind)
        if factor is None:
            factor = max(FRAME[0] / width, FRAME[1] / height)
            if self.kind == "source":
                factor = max(1.0, factor)
        return _scaled(width, height, factor)


def result_size(text: str) -> ResultSize:
    """Convert text: model, source, exact, a width such as 540, or a factor such as 2x.

    Raises `argparse.ArgumentTypeError` for another one.
    """
    if text in _KINDS:
        return ResultSize(text)  # type: ignore[arg-type]
    if text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MOST_COLUMNS:
        return ResultSize("width", int(text))
    if (found := _FACTOR.fullmatch(text)) and 0 < float(found[1]) < LARGEST:
        return ResultSize("factor", float(found[1]))
    raise argparse.ArgumentTypeError(
        f"must be {', '.join(_KINDS)}, a width from 1 to {MOST_COLUMNS} such as 540, or a factor "
        f"such as 2x. Received: {text!r}"
    )


def _scaled(width: int, height: int, factor: float) -> tuple[int, int]:
    return max(1, _rounded(width * factor)), max(1, _rounded(height * factor))


def _rounded(pixels: float) -> int:
    return math.floor(pixels + 0.5)
