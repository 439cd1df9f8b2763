"""How well an OCR engine reads plates, judged by their known texts.

The engine is RapidOCR's PP-OCRv4 recogniser, which has never seen this project's pictures; it is an
optional dependency. It reads each picture whole and at 270x90, so that every method is judged at
the same size.

A label says what stands on a plate, the province first: `京A12345`. A `*` stands for a character
that nobody could read: it matches anything and does not count.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from cnn_denoiser.evaluation.plate_colour import COLOURS
from cnn_denoiser.image_processing import HEIGHT, WIDTH

LABELS = "labels.csv"  # beside pictures, what they say: the columns file and label
WILDCARD = "*"
LETTERS_AND_DIGITS = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
LOOK_ALIKES = str.maketrans("IO", "10")  # Chinese plates have no letters I and O
INSTALLATION = "see requirements-evaluation.txt for how to install it"


class ReaderMissingError(Exception):
    """The OCR engine is not installed; the message says how to install it."""


class LabelError(Exception):
    """A file of labels cannot be used; the message is for people."""


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


@dataclass(frozen=True)
class ReadingScore:
    """Counts over the readings of one or many plates; `a + b` counts both."""

    known: int = 0  # characters that the labels tell, the province included
    errors: int = 0
    known_alphanumeric: int = 0  # letters and digits alone
    errors_alphanumeric: int = 0
    full: int = 0  # plates whose letters and digits are all known
    right: int = 0  # those of them that are read without an error in letters and digits

    def __add__(self, other: ReadingScore) -> ReadingScore:
        return ReadingScore(
            self.known + other.known,
            self.errors + other.errors,
            self.known_alphanumeric + other.known_alphanumeric,
            self.errors_alphanumeric + other.errors_alphanumeric,
            self.full + other.full,
            self.right + other.right,
        )

    @property
    def characters(self) -> float | None:
        """1 - edit distance / known characters; None where none is known."""
        return 1 - self.errors / self.known if self.known else None

    @property
    def alphanumeric(self) -> float | None:
        """The same over letters and digits alone."""
        if not self.known_alphanumeric:
            return None
        return 1 - self.errors_alphanumeric / self.known_alphanumeric

    @property
    def plates(self) -> float | None:
        """Share of the fully known plates that are read without an error in letters and digits."""
        return self.right / self.full if self.full else None


def score_reading(label: str, reading: str) -> ReadingScore:
    """Count the errors of one reading, at most as many as the label has known characters."""
    label = label.translate(LOOK_ALIKES)
    known, errors = _count_errors(label, reading)
    letters, read_letters = letters_and_digits(label), letters_and_digits(reading)
    known_letters, letter_errors = _count_errors(letters, read_letters)
    full = WILDCARD not in letters
    right = full and letters == read_letters
    return ReadingScore(known, errors, known_letters, letter_errors, int(full), int(right))


def plate_text(text: str) -> str:
    """Return the plate characters of what an OCR engine saw: upper case, I as 1, O as 0.

    Letters, digits and Chinese characters stay; dots, blanks and the like go.
    """
    plain = text.upper().translate(LOOK_ALIKES)
    return "".join(c for c in plain if c in LETTERS_AND_DIGITS or "\u4e00" <= c <= "\u9fff")


def letters_and_digits(text: str) -> str:
    """Return a plate's text without its Chinese characters.

    Wildcards stay, but not the first one, which stands for the province.
    """
    without_province = text.removeprefix(WILDCARD)
    return "".join(c for c in without_province if c in LETTERS_AND_DIGITS or c == WILDCARD)


def edit_distance(label: str, reading: str) -> int:
    """Return the Levenshtein distance; a `*` of the label may stand for one character or none."""
    return _distances(label, reading)[-1][-1]


def align(label: str, reading: str) -> list[str]:
    """Return what was read in the place of each character of a label, "" where nothing was.

    By the cheapest alignment, that of the edit distance. Of equally cheap ones it is the one that,
    seen from the right end, reads a character in a place rather than none, and leaves a place
    empty rather than drop a character of the reading. Dropped characters have no place.
    """
    distances = _distances(label, reading)
    places: list[str] = []
    at, seen = len(label), len(reading)
    while at:
        price = _price(label[at - 1])
        here = distances[at][seen]
        equal = seen and label[at - 1] == reading[seen - 1]
        if seen and here == distances[at - 1][seen - 1] + (0 if equal else price):
            places.append(reading[seen - 1])
            at, seen = at - 1, seen - 1
        elif here == distances[at - 1][seen] + price:
            places.append("")
            at -= 1
        else:
            seen -= 1
    return places[::-1]


def _distances(label: str, reading: str) -> list[list[int]]:
    """Return the edit distance from each start of the label to each start of the reading."""
    rows = [list(range(len(reading) + 1))]
    for wanted in label:
        price = _price(wanted)
        above = rows[-1]
        row = [above[0] + price]
        for end, seen in enumerate(reading, start=1):
            replaced = above[end - 1] + (0 if seen == wanted else price)
            row.append(min(replaced, above[end] + price, row[end - 1] + 1))
        rows.append(row)
    return rows


def _price(wanted: str) -> int:
    """Return what it costs to replace or leave out a character of the label."""
    return 0 if wanted == WILDCARD else 1


def read_labels(path: Path, set_name: str | None = None) -> dict[str, str]:
    """Return the label of each file in a CSV with the columns `file` and `label`.

    With `set_name` only the rows whose column `set` says so. Rows without any known character are
    left out. Raises `LabelError`.
    """
    wanted = {"file", "label"} | ({"set"} if set_name is not None else set())
    labels: dict[str, str] = {}
    for row in _read_rows(path, wanted):
        if set_name is not None and row["set"] != set_name:
            continue
        name, label = row["file"] or "", row["label"] or ""
        if name in labels:
            raise LabelError(f"{path} labels {name} twice")
        if label.strip(WILDCARD):
            labels[name] = label
    if not labels:
        of_set = f" of the set {set_name!r}" if set_name is not None else ""
        raise LabelError(f"{path} has no labelled rows{of_set}")
    return labels


def read_colours(path: Path) -> dict[str, str]:
    """Return the plate's colour of each file in such a CSV, where its column `colour` names one.

    Empty where there is no such column. Raises `LabelError`.
    """
    colours = {}
    for row in _read_rows(path, {"file"}):
        colour = (row.get("colour") or "").strip().lower()
        if colour and colour not in COLOURS:
            raise LabelError(
                f"{path}: the colour of {row['file']} must be one of {', '.join(COLOURS)}. "
                f"Received: {colour}"
            )
        if colour:
            colours[row["file"] or ""] = colour
    return colours


def _read_rows(path: Path, wanted: set[str]) -> list[dict[str, str | None]]:
    """Return the rows of a CSV that has the columns `wanted`; raises `LabelError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            columns, rows = set(table.fieldnames or ()), list(table)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise LabelError(f"{path} cannot be read: {reason}") from error
    missing = sorted(wanted - columns)
    if missing:
        raise LabelError(f"{path} has no column named {' or '.join(missing)}")
    return rows


def _count_errors(label: str, reading: str) -> tuple[int, int]:
    """Return how many characters of the label are known, and how many errors count against them."""
    known = len(label) - label.count(WILDCARD)
    return known, min(known, edit_distance(label, reading))
