"""What a text on a command line names: a file or folder on the disk, an archive, object storage."""

from __future__ import annotations

import argparse
from pathlib import Path

from plumbing.commands.numbers import LONGEST_PATH, path
from plumbing.storage.objects import ObjectPath
from plumbing.urls import is_url

Location = Path | ObjectPath
_LOCAL = ("file://", "local://")


def location(text: str) -> Location:
    """Convert a text to a path, or to a location in object storage where it begins with a protocol.

    `argparse.ArgumentTypeError` for what neither can be.
    """
    for protocol in _LOCAL:
        if text.startswith(protocol):
            return path(text.removeprefix(protocol))
    if not is_url(text):
        return path(text)
    if len(text) > LONGEST_PATH:
        raise argparse.ArgumentTypeError(f"is too long: {len(text)} characters")
    if not text.partition("://")[2].strip("/"):
        raise argparse.ArgumentTypeError(f"names no bucket or host. Received: {text!r}")
    return ObjectPath(text)
