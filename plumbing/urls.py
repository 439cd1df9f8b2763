"""Telling the URL of a stored file from a path."""

from __future__ import annotations

import re

# The protocol that a URL begins with. On Windows `C:\\x` has none.
_PROTOCOL = re.compile(r"([a-z][a-z0-9+.\-]+)://", re.ASCII)


def is_url(text: str) -> bool:
    """Tell whether a text begins with a protocol, as in s3://bucket."""
    return protocol(text) != ""


def protocol(url: str) -> str:
    """Return the protocol that a text begins with, "s3" of s3://bucket; "" where it has none."""
    found = _PROTOCOL.match(url)
    return found[1] if found else ""
