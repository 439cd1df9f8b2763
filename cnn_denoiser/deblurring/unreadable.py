"""A stored file that cannot be opened: it carries the reason to where it is reported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True)
class Unreadable:
    """A place with a name, but no file that could be opened.

    place:  for people.
    reason: why it cannot be opened.
    """

    place: str
    reason: str

    def __str__(self) -> str:
        return self.place

    @property
    def name(self) -> str:
        """The last part of the place."""
        return os.path.basename(self.place)

    @property
    def suffix(self) -> str:
        """The suffix of the name, with the dot."""
        return os.path.splitext(self.place)[1]

    def open(self) -> BinaryIO:
        """Raise OSError with the reason."""
        raise OSError(0, self.reason)

    def write(self, data: bytes) -> None:
        """Raise OSError with the reason."""
        raise OSError(0, self.reason)
