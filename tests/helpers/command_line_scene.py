"""A folder of pictures, links and odd names for random command lines, and what became of it."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from plumbing.pictures.codec import write_picture

ODD_NAMES = ("\x1b[31mred.png", "two\nlines.png", "車牌.png", "a b.jpg", "--seed.png")


def build_scene(folder: Path) -> None:
    """Make `src` with pictures, `results` of an earlier run, and what paths may lead to."""
    source = folder / "src"
    (source / "sub").mkdir(parents=True)
    for index, name in enumerate(("a.png", "b.jpg", "c.bmp", *ODD_NAMES, "sub/e.png")):
        write_picture(source / name, _plate(index))
    (source / "broken.png").write_bytes((source / "a.png").read_bytes()[:150])
    (source / "notes.txt").write_text("not a picture")
    (source / "link.png").symlink_to("../results/b.jpg")
    if os.name != "nt":
        (source / os.fsdecode(b"\xd6\xd0.png")).write_bytes((source / "a.png").read_bytes())
        os.mkfifo(folder / "pipe.png")
    (folder / "results").mkdir()
    for name in ("b.jpg", "r.png"):
        write_picture(folder / "results" / name, _plate(9))
    (folder / "empty").mkdir()
    (folder / "notes.txt").write_text("kept")
    (folder / "to_source").symlink_to("src")
    (folder / "to_picture.png").symlink_to("src/a.png")
    (folder / "hard.png").hardlink_to(source / "a.png")


def contents(folder: Path) -> dict[str, bytes | str]:
    """Return what every path in a folder holds: a file's bytes, a link's target, or its kind."""
    found: dict[str, bytes | str] = {}
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(parent, name)
            if os.path.islink(path):
                found[os.path.relpath(path, folder)] = f"-> {os.readlink(path)}"
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = file.read()
            else:
                found[os.path.relpath(path, folder)] = "a folder or a pipe"
    return found


def _plate(index: int) -> np.ndarray:
    plate = np.full((24, 72, 3), (150, 70, 20 * index), np.uint8)
    cv2.putText(plate, f"B{index}K2", (4, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (240, 240, 240), 2)
    return plate
