"""JSON files that may hold anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from plumbing.files.regular import open_regular_file

LARGEST_FILE = 1 << 20  # bytes


def read_json_object(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file.

    Raises OSError where it cannot be read or is no regular file, ValueError where it is larger than
    1 MiB or does not hold an object.
    """
    with open_regular_file(path) as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError(f"it is larger than {LARGEST_FILE} bytes")
    return parse_json_object(data)


def parse_json_object(text: bytes | str) -> dict[str, Any]:
    """Return the object in a JSON text; ValueError where there is none."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("it does not hold an object")
    return value
