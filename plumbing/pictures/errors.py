"""The error of a picture that cannot be read or written."""

from __future__ import annotations

INCOMPLETE = "cannot be decoded: the file is damaged or incomplete"


class PictureError(Exception):
    """A picture cannot be read or written; the message is the reason, without the path."""


def unsupported(kind: str) -> PictureError:
    """Make the error for a valid file of a kind that is not read: "a JPEG of 12 bits"."""
    return PictureError(f"{kind}, which is not supported")
