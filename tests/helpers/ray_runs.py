"""Runs of the command that deblurs on Ray, and the pictures for them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import PROJECT
from tests.helpers.hostile_pictures import png
from tests.helpers.plain_pictures import names, plain_picture

TWO = ("--workers", "2")
RAY = ("-m", "cnn_denoiser.deblur_on_ray")
Start = Callable[..., subprocess.Popen[str]]


def make_pictures(folder: Path, count: int) -> Path:
    (folder / "day").mkdir(parents=True)
    content = [picture_bytes(folder, number) for number in range(20)]
    bomb = png(30_000, 30_000)
    for number in range(count):
        data = content[number % 20]
        if number % 50 == 7:
            data = data[: len(data) // 2]
        elif number % 50 == 17:
            data = b""
        elif number % 50 == 27:
            data = bomb
        (folder / ("day" if number % 3 else ".") / f"{number:05}.png").write_bytes(data)
    return folder


def picture_bytes(folder: Path, number: int) -> bytes:
    path = folder / "drawn.png"
    plain_picture((120 + number, 40)).save(path)
    data = path.read_bytes()
    path.unlink()
    return data


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


@contextmanager
def starting(checkpoint: Path) -> Iterator[Start]:
    """Start the command with two workers and a network; what still runs at the end is killed."""
    started = []

    def run(*arguments: object, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *RAY, *map(str, [*arguments, "--checkpoint", checkpoint, *TWO])],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    try:
        yield run
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
                process.wait()
