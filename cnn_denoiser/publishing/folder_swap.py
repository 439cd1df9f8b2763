"""The replacement of a folder by another one, as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from plumbing.files.atomic import sync

PARTIAL = ".partial-"  # begins the name of a folder that is being written
REPLACED = ".replaced-"  # begins the name of one whose place another one is about to take


def make_new(parent: Path) -> Path:
    """Make an empty folder to write to, under a name that `repair` knows. Raises OSError."""
    folder = parent / f"{PARTIAL}{secrets.token_hex(8)}"
    folder.mkdir()
    return folder


def swap(folder: Path, destination: Path) -> Path:
    """Put a folder in the place of another one, which goes once the new one is there.

    Returns `destination`. Raises OSError; what was there then stays.
    """
    old = destination.with_name(REPLACED + destination.name)
    shutil.rmtree(old, ignore_errors=True)
    if destination.exists():
        os.replace(destination, old)
    try:
        os.replace(folder, destination)
    except OSError:
        if old.exists():
            os.replace(old, destination)
        raise
    sync(destination.parent)
    shutil.rmtree(old, ignore_errors=True)
    return destination


def repair(parent: Path) -> None:
    """Put back what a kill between the two renames left aside; remove what it left half done."""
    for old in parent.glob(f"{REPLACED}*"):
        destination = old.with_name(old.name.removeprefix(REPLACED))
        if not destination.exists():
            os.replace(old, destination)
    for left in (*parent.glob(f"{PARTIAL}*"), *parent.glob(f"{REPLACED}*")):
        shutil.rmtree(left, ignore_errors=True)
