"""Random command lines: whatever is asked for, it is done, or refused in a line.

No traceback, no exit code but the documented ones, no source changed, no file but those asked for;
and where the answer is "wrong usage", nothing has been touched at all.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from tests.helpers.command_line_scene import build_scene, contents
from tests.helpers.random_command_lines import COMMANDS, draw

USAGE, NOTHING_TO_DO = 2, 3
# How many command lines of each are tried by default, and with -m fuzz.
COUNTS = {
    "deblur": (60, 1500),
    "blur": (80, 1500),
    "plates": (60, 500),
    "evaluate": (60, 500),
    "train": (60, 500),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scene") / "template"
    folder.mkdir()
    build_scene(folder)
    return folder


def try_line(
    name: str, seed: int, scene: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> int:
    """Run one random command line in a fresh scene, check what became of it; return its code."""
    command = COMMANDS[name]
    line = draw(command, Random(f"{name} {seed}"))
    copy_scene(scene, folder)
    os.chdir(folder)
    before, sources = contents(folder), pictures_of(line.sources)
    try:
        code = command.run(line.arguments)
    except SystemExit as ended:  # --help
        code = ended.code if isinstance(ended.code, int) else 1
    told = capfd.readouterr().err
    after = contents(folder)
    shown = f"{name} {seed}: {line.arguments} -> {code}\n{told}"

    assert code in command.codes, shown
    assert "Traceback" not in told and "Exception" not in told, shown
    assert all(row.isprintable() for row in told.splitlines()), shown
    assert code == 0 or told, shown
    if code in (USAGE, NOTHING_TO_DO):
        assert len(told.splitlines()) == 1, shown
        assert after == before, shown
    assert {path: path.read_bytes() for path in sources} == sources, shown
    changed = {path for path in before if after.get(path) != before[path]}
    for path in changed | (after.keys() - before.keys()):
        assert is_asked_for(path, line.written, folder), f"{path}: {shown}"
        assert "temporary" not in path, shown
    return code


def pictures_of(sources: Sequence[str]) -> dict[Path, bytes]:
    """Return what each picture that a command line names holds, also through links."""
    found: dict[Path, bytes] = {}
    for name in filter(None, sources):
        paths = [Path(name), *Path(name).glob("*")] if os.path.exists(name) else []
        found |= {path: path.read_bytes() for path in paths if path.is_file()}
    return found


def copy_scene(scene: Path, folder: Path) -> None:
    """Copy a scene, its pipe and its hard link, too."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(
        scene, folder, symlinks=True, ignore=lambda parent, names: {"pipe.png", "hard.png"}
    )
    (folder / "hard.png").hardlink_to(folder / "src" / "a.png")
    if (scene / "pipe.png").exists():
        os.mkfifo(folder / "pipe.png")


def is_asked_for(path: str, written: Sequence[str], folder: Path) -> bool:
    """Say whether a path is one of those that were named to write to, in or above one."""
    place = os.path.realpath(folder / os.path.dirname(path))
    own = os.path.join(place, os.path.basename(path))
    for name in filter(None, written):
        target = os.path.realpath(folder / os.fspath(name))
        unfollowed = os.path.abspath(folder / name)
        for wanted in (target, unfollowed):
            if own == wanted or own.startswith(wanted + os.sep) or wanted.startswith(own + os.sep):
                return True
    return False


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go back to the folder that the test began in; load each network once."""
    from cnn_denoiser.deblurring import network

    monkeypatch.chdir(".")
    monkeypatch.setattr(network, "load_network", functools.cache(network.load_network))


@pytest.mark.parametrize("name", COMMANDS)
def test_random_command_lines(
    name: str, scene: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    codes = [
        try_line(name, seed, scene, tmp_path / "scene", capfd) for seed in range(COUNTS[name][0])
    ]
    # Both ways are tried: lines that are carried out, and lines that are refused.
    assert codes.count(0) + codes.count(1) >= 2
    assert codes.count(USAGE) >= 5


@pytest.mark.fuzz
@pytest.mark.parametrize("name", COMMANDS)
def test_thousands_of_random_command_lines(
    name: str, scene: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    few, many = COUNTS[name]
    for seed in range(few, few + many):
        try_line(name, seed, scene, tmp_path / "scene", capfd)
