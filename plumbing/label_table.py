"""A table of labels as spreadsheets save it, in whatever encoding and with whatever separator.

Commas, semicolons or tabs, a first line `sep=;`, UTF-8, UTF-16, GB 18030 (which GBK is a part of),
a header in any case, blanks around values.
"""

from __future__ import annotations

import codecs
import csv
import io
import logging
import re
from collections.abc import Sequence
from pathlib import Path

from plumbing.commands.errors import UsageError
from plumbing.files.regular import open_regular_file

COLUMNS = ("file", "label", "set", "colour")

_LARGEST = 1 << 28  # bytes
_DELIMITERS = ",;\t"
_ADVICE = "save it as CSV in UTF-8 whose first line is file,label"
# Labels that were decoded rightly: ASCII, Chinese, full width, the usual dots.
_SENSIBLE = re.compile(
    "[ -~\u00a0\u00b7\u2000-\u206f\u25cf\u3000-\u303f\u30fb\u4e00-\u9fff\uff01-\uff65]*"
)
# The Chinese characters on plates. Big5, Latin-1 and others, read as GB 18030, give any.
_ON_PLATES = frozenset(
    "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新渝"
    "学警挂港澳使领临试超应急民航军空海北沈兰济南广成农电境"
)

_log = logging.getLogger(__name__)


class LabelError(UsageError):
    """A file of labels cannot be used; the message is for people."""


def read_table(path: Path, wanted: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a table of labels, by column, each with all of `COLUMNS`.

    Of the encodings that it may be in, the one counts in which the most labels make sense. Raises
    `LabelError` where the columns `wanted` are not there, or where in neither of the encodings that
    are guessed at half of the labels that are more than ASCII make sense.
    """
    try:
        with open_regular_file(path) as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise LabelError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > _LARGEST:
        raise LabelError(f"{path} cannot be read: it is larger than {_LARGEST >> 20} MiB")
    best: tuple[list[str], str, list[dict[str, str]]] | None = None
    for encoding in _encodings(data):
        try:
            rows = _parse(path, data.decode(*encoding), wanted)
        except UnicodeDecodeError:
            continue
        strange = [row["label"] for row in rows if not _makes_sense(row["label"], encoding[0])]
        if best is None or len(strange) < len(best[0]):
            best = (strange, encoding[0], rows)
    if best is None:
        raise LabelError(f"{path} is in an unknown encoding; {_ADVICE}")
    strange, name, rows = best
    foreign = sum(not row["label"].isascii() for row in rows)
    if strange and 2 * len(strange) >= foreign and not _is_unicode(data):
        raise LabelError(
            f"{path} is neither in UTF-8 nor in GB 18030 (labels would be such as "
            f"{strange[0]}); {_ADVICE}"
        )
    if not name.startswith("utf-8"):
        _log.info("%s is read as %s, not as UTF-8", path, name.upper())
    return rows


def _makes_sense(label: str, encoding: str) -> bool:
    if encoding == "gb18030" and any(
        "\u4e00" <= character <= "\u9fff" and character not in _ON_PLATES for character in label
    ):
        return False
    return _SENSIBLE.fullmatch(label) is not None


def _is_unicode(data: bytes) -> bool:
    """Whether a table says that it is in Unicode, or is in UTF-8 throughout."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"\0" in data[:2]
    return True


def _encodings(data: bytes) -> list[tuple[str, str]]:
    """Return the encodings that a text may be in, each with how to treat what does not fit."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return [("utf-16", "strict")]
    if data.startswith(codecs.BOM_UTF8):
        return [("utf-8-sig", "surrogateescape")]
    if b"\0" in data[:2]:
        return [("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "strict")]
    # Names of files may be in any encoding, whatever that of the texts.
    return [("utf-8", "surrogateescape"), ("gb18030", "strict")]


def _parse(path: Path, text: str, wanted: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a CSV by its columns' names in lower case, values without blanks."""
    first, _, rest = text.partition("\n")
    if (declared := re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE)) is not None:
        text, delimiters = rest, declared[1]
    else:
        delimiters = _DELIMITERS
    tables = []
    for delimiter in delimiters:
        try:
            table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise LabelError(f"{path} cannot be read: {error}; {_ADVICE}") from error
        rows = [[cell.strip() for cell in row] for row in table if any(row)]
        header = [cell.lower() for cell in rows[0]] if rows else []
        if set(wanted) <= set(header):
            return [_row(header, row) for row in rows[1:]]
        tables.append((len(set(wanted) & set(header)), header))
    _, header = max(tables, key=lambda table: table[0])
    missing = " or ".join(column for column in wanted if column not in header)
    raise LabelError(f"{path} has no column named {missing}; {_ADVICE}")


def _row(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    row = dict(zip(header, cells, strict=False))
    return {column: row.get(column, "") for column in COLUMNS}
