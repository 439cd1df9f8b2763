"""`labels.csv`: what stands on the plates of a folder. One reader, one writer.

A table with the columns `file` and `label`, and perhaps `set` and `colour`. It is written in UTF-8
with commas; `label_table` reads what spreadsheets make of it, too. Names may be given with a folder
before them, without their suffix, and in other case than the file's.
"""

from __future__ import annotations

import csv
import functools
import io
import logging
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from plumbing.files.atomic import write_atomically
from plumbing.label_table import LabelError, read_table

LABELS = "labels.csv"
WILDCARD = "*"  # in a label: a character that nobody could read; `?` is read as the same

_UNKNOWN = str.maketrans("?", WILDCARD)
_PLATE_TEXT = re.compile("[0-9A-Z*\u4e00-\u9fff]*")
_SUFFIX = re.compile(r"\.[a-z]{3,5}$")
Value = TypeVar("Value")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Labels:
    """What a file of labels says of pictures, found by their names.

    path:    of the file.
    texts:   what each plate says, as `normalise` writes it, by the name in the file without its
             folder, in the file's order.
    colours: of plates whose colour is given, by the same names.
    """

    path: Path
    texts: dict[str, str]
    colours: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return what stands on the plate of the picture of this name; None: not known."""
        return _find(self._texts, name)

    def colour(self, name: str) -> str | None:
        """Return the colour of the plate in the picture of this name; None: not given."""
        return _find(self._colours, name)

    def of_pictures(self, pictures: Sequence[Path]) -> list[str | None]:
        """Return what stands on the plate of each picture; logs how many are known.

        A warning where rows name no picture, for then something is wrong with the names.
        """
        texts = [self.text(path.name) for path in pictures]
        known = sum(text is not None for text in texts)
        _log.info("%s: %d of %d pictures have a text", self.path, known, len(pictures))
        found = named_pictures(self.texts, pictures)
        if lost := [name for name in self.texts if found[name] is None]:
            _log.warning(
                "%s: %d of %d rows name no picture there, such as %s",
                *(self.path, len(lost), len(self.texts), lost[0]),
            )
        return texts

    @functools.cached_property
    def _texts(self) -> dict[str, str]:
        return _by_every_name(self.texts)

    @functools.cached_property
    def _colours(self) -> dict[str, str]:
        return _by_every_name(self.colours)


def normalise(text: str) -> str:
    """Return a text in the form in which texts of plates are compared.

    Upper case; full width as usual width (Unicode NFKC); without dots, dashes, blanks and other
    separators; `?` as the wildcard. What no plate has stays.
    """
    plain = unicodedata.normalize("NFKC", text).upper().translate(_UNKNOWN)
    return "".join(c for c in plain if c == WILDCARD or not _separates(c))


def named_pictures(names: Iterable[str], pictures: Sequence[Path]) -> dict[str, Path | None]:
    """Return, by the names in a file of labels, the picture that each means; None: not there."""
    by_name = _by_every_name({path.name: path for path in pictures})
    return {name: _find(by_name, name) for name in names}


def read_labels(
    path: Path, set_name: str | None = None, colours: Collection[str] | None = None
) -> Labels:
    """Read a file of labels: with `set_name` only the rows whose column `set` says so.

    Rows without any known character are left out; so are texts with characters that no plate has,
    which is told. With `colours` those of a column `colour`, which has to name one of them. Raises
    `LabelError`.
    """
    wanted = ["file", "label", *(["set"] if set_name is not None else [])]
    texts: dict[str, str] = {}
    found_colours: dict[str, str] = {}
    odd: list[str] = []
    for row in read_table(path, wanted):
        name, text = _base_name(row["file"]), normalise(row["label"])
        if set_name is not None and row["set"] != set_name:
            continue
        if colours is not None and (colour := row.get("colour", "").lower()):
            if colour not in colours:
                raise LabelError(
                    f"{path}: the colour of {name} must be one of {', '.join(colours)}. "
                    f"Received: {colour}"
                )
            found_colours[name] = colour
        if not _PLATE_TEXT.fullmatch(text):
            odd.append(f"{name}: {row['label']}")
        elif text.strip(WILDCARD):
            if texts.setdefault(name, text) != text:
                raise LabelError(f"{path} labels {name} twice: {texts[name]} and {text}")
    if odd:
        _log.warning(
            "%s: %d texts hold characters that no plate has, and are not used, such as %s",
            *(path, len(odd), odd[0]),
        )
    if not texts:
        of_set = f" of the set {set_name!r}" if set_name is not None else ""
        raise LabelError(f"{path} has no labelled rows{of_set}")
    return Labels(path, texts, found_colours)


def write_labels(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    """Write rows of (file, label), whole or not at all; raises OSError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "label"])
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode(errors="surrogateescape"))


def _base_name(name: str) -> str:
    """Return a file's name without its folder, which Windows writes with backslashes."""
    return re.split(r"[/\\]", name)[-1]


def _by_every_name(values: dict[str, Value]) -> dict[str, Value]:
    """Return values by all that a name may be written as; whole names go before stems."""
    keys: dict[str, Value] = {}
    for spelled in (_plain_name, _plain_stem):
        for name, value in values.items():
            keys.setdefault(spelled(name), value)
    return {**keys, **values}


def _find(by_name: dict[str, Value], name: str) -> Value | None:
    name = _base_name(name)
    for key in (name, _plain_name(name), _plain_stem(name)):
        if key in by_name:
            return by_name[key]
    return None


def _plain_name(name: str) -> str:
    """Return a name in lower case, and composed: some systems decompose accents."""
    return unicodedata.normalize("NFC", name).lower().strip()


def _plain_stem(name: str) -> str:
    """Return the plain name without the suffix of a picture; `a.1` has none."""
    return _SUFFIX.sub("", _plain_name(name))


def _separates(character: str) -> bool:
    """Whether a character only separates: blanks, punctuation, control characters, dots."""
    category = unicodedata.category(character)
    return category[0] in "ZP" or category in ("Cc", "Cf") or character in "\u25cf|`^~"
