"""OCR engines that read plates: the judges of what deblurring is worth.

    rapidocr    RapidOCR's PP-OCRv4 recogniser, of texts in general
    agentclpr   the recogniser of Chinese plates of the package agentclpr

Neither has seen this project's pictures, and a figure by one alone flatters whatever was chosen by
it. Both are optional. They read each picture whole and at 270x90, so that every method is judged at
the same size.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from cnn_denoiser.measures.plate_texts import plate_text
from plumbing.commands.errors import UsageError
from plumbing.pictures.frame import HEIGHT, WIDTH, resize

INSTALLATION = "see requirements-evaluation.txt for how to install it"

_log = logging.getLogger(__name__)


class ReaderMissingError(UsageError):
    """An OCR engine cannot be used; the message says how to install it."""


class PlateReader(Protocol):
    """An OCR engine."""

    def read(self, picture: np.ndarray) -> str:
        """Return what a plate says, as `plate_text`; "" where nothing can be read.

        `picture` is uint8, grey `(H, W)` or BGR `(H, W, 3)`, of any size.
        """


class RapidOcr:
    """RapidOCR's recogniser. Raises `ReaderMissingError` where it is not installed."""

    def __init__(self) -> None:
        try:
            from rapidocr_onnxruntime import RapidOCR
        except ImportError as error:
            raise ReaderMissingError(
                f"RapidOCR cannot be used ({error}); {INSTALLATION}"
            ) from error
        self._engine = RapidOCR()

    def read(self, picture: np.ndarray) -> str:
        """Read a picture: see `PlateReader`."""
        lines, _ = self._engine(_to_frame(picture), use_det=False, use_cls=False, use_rec=True)
        return plate_text(lines[0][0]) if lines else ""


class AgentClpr:
    """agentclpr's recogniser. Raises `ReaderMissingError` where it is not installed.

    Of the package only its network and its table of characters are used; nothing of it is imported.
    The network takes BGR pictures 32 pixels high with levels in [-1, 1], and gives for each of a
    row of places the probabilities of its characters, the first of which is "none" (CTC).
    """

    _HEIGHT = 32

    def __init__(self) -> None:
        try:
            import onnxruntime

            resources = _folder_of_package("agentclpr") / "resources"
            table = (resources / "char_dicts" / "clp_dict.txt").read_text(encoding="utf-8")
            network = (resources / "pretrained_models" / "clp_v2_c_rec.onnx").read_bytes()
        except (ImportError, OSError) as error:
            raise ReaderMissingError(
                f"agentclpr cannot be used ({error}); {INSTALLATION}"
            ) from error
        self._characters = ["", *filter(None, table.split("\n")), " "]
        self._session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def read(self, picture: np.ndarray) -> str:
        """Read a picture: see `PlateReader`."""
        size = (self._HEIGHT * WIDTH // HEIGHT, self._HEIGHT)
        scaled = cv2.resize(_to_frame(picture), size).astype(np.float32) / 127.5 - 1
        (probabilities,) = self._session.run(None, {self._input: scaled.transpose(2, 0, 1)[None]})
        best = probabilities[0].argmax(axis=1)
        changes = np.flatnonzero(np.diff(best, prepend=-1))
        return plate_text("".join(self._character(number) for number in best[changes]))

    def _character(self, number: int) -> str:
        return self._characters[number] if number < len(self._characters) else ""


ENGINES: dict[str, Callable[[], PlateReader]] = {"rapidocr": RapidOcr, "agentclpr": AgentClpr}
"""How to start each engine, by its name."""


def start_readers(names: Iterable[str] = ()) -> dict[str, PlateReader]:
    """Start these engines, by name; without names all that are installed.

    A warning where none is. Raises `ReaderMissingError` where a named one is not installed.
    """
    if chosen := tuple(names):
        return {name: ENGINES[name]() for name in chosen}
    readers: dict[str, PlateReader] = {}
    missing = []
    for name, start in ENGINES.items():
        try:
            readers[name] = start()
        except ReaderMissingError as error:
            missing.append(str(error))
    if not readers:
        _log.warning("plates are not read: %s", missing[0])
    return readers


def start_reader() -> PlateReader | None:
    """Start RapidOCR, by which validation reads; a warning, and None, where it is not installed."""
    try:
        return RapidOcr()
    except ReaderMissingError as error:
        _log.warning("plates are not read: %s", error)
        return None


def _to_frame(picture: np.ndarray) -> np.ndarray:
    """Scale a picture to uint8 BGR `(90, 270, 3)`."""
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    return resize(picture, WIDTH, HEIGHT)


def _folder_of_package(name: str) -> Path:
    """Return where a package lies, without importing it; raises ImportError."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ImportError(f"No module named '{name}'")
    return Path(found.submodule_search_locations[0])
