"""Pictures of two colours, and what lies in a folder."""

from __future__ import annotations

from pathlib import Path

from PIL import Image


def plain_picture(size: tuple[int, int]) -> Image.Image:
    """Return a dark red picture, brighter in its lower half."""
    picture = Image.new("RGB", size, (90, 30, 30))
    picture.paste((104, 56, 56), (0, size[1] // 2, *size))
    return picture


def names(folder: Path) -> list[str]:
    """List the files in a folder and those below it, sorted."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
