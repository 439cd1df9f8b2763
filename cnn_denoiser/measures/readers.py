"""OCR engines that read plates.

The engine is RapidOCR's PP-OCRv4 recogniser, which has never seen this project's pictures; it is an
optional dependency. It reads each picture whole and at 270x90, so that every method is judged at
the same size.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from cnn_denoiser.measures.plate_texts import plate_text
from plumbing.pictures.frame import HEIGHT, WIDTH

INSTALLATION = "see requirements-evaluation.txt for how to install it"


class ReaderMissingError(Exception):
    """The OCR engine is not installed; the message says how to install it."""


class PlateReader:
    """The OCR engine. Raises `ReaderMissingError` where it is not installed."""

    def __init__(self) -> None:
        try:
            from rapidocr_onnxruntime import RapidOCR
        except ImportError as error:
            raise ReaderMissingError(
                f"RapidOCR cannot be used ({error}); {INSTALLATION}"
            ) from error
        self._engine = RapidOCR()

    def read(self, picture: np.ndarray) -> str:
        """Return what a plate says, as `plate_text`; "" where nothing can be read.

        `picture` is uint8, grey `(H, W)` or BGR `(H, W, 3)`, of any size.
        """
        if picture.ndim == 2:
            picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
        picture = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        lines, _ = self._engine(picture, use_det=False, use_cls=False, use_rec=True)
        return plate_text(lines[0][0]) if lines else ""


def start_reader(say: Callable[[str], None]) -> PlateReader | None:
    """Start the OCR engine; where it is not installed, say so in a line, and return None."""
    try:
        return PlateReader()
    except ReaderMissingError as error:
        say(f"plates are not read: {error}")
        return None
