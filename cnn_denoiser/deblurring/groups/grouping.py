"""Which pictures are frames of one plate, by their names. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import dataclass

BY_FOLDER = "folder"
_LONGEST = 1000  # characters of an expression


@dataclass(frozen=True)
class Grouping:
    """How `--group` tells plates apart.

    expression: searched for in each picture's name without folder and suffix; None: each sub-folder
                is one plate.
    """

    expression: re.Pattern[str] | None = None

    def __str__(self) -> str:
        return BY_FOLDER if self.expression is None else self.expression.pattern

    @property
    def by_folder(self) -> bool:
        """Whether each sub-folder is one plate."""
        return self.expression is None

    def plate(self, name: str) -> str | None:
        """Return the relative path, without suffix, that stands for the plate of a picture.

        name: the picture's path, relative to the folder that was asked for.

        By folder that is the picture's folder; else what the expression's first group matched, or
        the whole of it where it has no group, within the picture's folder. None: a plate of its
        own, which is a picture that lies in no sub-folder, or whose name does not match.
        """
        folder, base = os.path.split(name)
        if self.expression is None:
            return folder or None
        found = self.expression.search(os.path.splitext(base)[0])
        if found is None:
            return None
        matched = found[1] if self.expression.groups else found[0]
        return os.path.join(folder, matched) if matched else None


def grouping(text: str) -> Grouping:
    """Convert "folder" or a regular expression; `argparse.ArgumentTypeError` for other texts."""
    if text == BY_FOLDER:
        return Grouping()
    problem = "" if text else "it is empty"
    if len(text) > _LONGEST:
        problem = f"it has more than {_LONGEST} characters"
    try:
        expression = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        problem = problem or str(error)
    if problem:
        raise argparse.ArgumentTypeError(
            f"must be {BY_FOLDER} or a regular expression ({problem}). Received: {text[:80]!r}"
        )
    return Grouping(expression)
