"""Deblurring on a real Ray cluster of two workers, while processes are killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.helpers.plain_pictures import names
from tests.helpers.ray_runs import Start, files, make_pictures, starting

pytest.importorskip("ray")

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals as on Unix"),
    pytest.mark.slow,
]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Make 200 pictures in two folders, some truncated, empty, or claiming to be huge."""
    return make_pictures(tmp_path / "pictures", 200)


def workers_of(root: int) -> list[int]:
    """List the processes below one that Ray's actors deblur in."""
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                status = (entry / "stat").read_text()
                names[int(entry.name)] = (entry / "cmdline").read_text()
            except OSError:
                continue
            parent = int(status.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found, left = [], [root]
    while left:
        for child in children.get(left.pop(), []):
            left.append(child)
            if names[child].startswith("ray::MapWorker"):
                found.append(child)
    return found


@pytest.fixture
def start(negative_folder: Path) -> Iterator[Start]:
    """Start the command with two workers and a network that makes negatives."""
    with starting(negative_folder) as start:
        yield start


@pytest.fixture
def hook(tmp_path: Path) -> Callable[[str], str]:
    """Have every process call `hook(path)` of some code when it opens a file; give PYTHONPATH."""

    def write(code: str) -> str:
        folder = tmp_path / "site"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(
            f"import os, sys, time\n{code}\n"
            "sys.addaudithook(\n"
            "    lambda event, arguments: hook(str(arguments[0])) if event == 'open' else None\n"
            ")\n"
        )
        return str(folder)

    return write


@pytest.fixture
def slowly(hook: Callable[[str], str]) -> str:
    """Have pictures take a while; give PYTHONPATH."""
    return hook("def hook(path):\n    if path.endswith('.png'):\n        time.sleep(0.05)")


def wait_until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def start_midway(start: Start, pictures: Path, out: Path, slowly: str) -> subprocess.Popen[str]:
    """Start a slow run and give it back when some of its results are there."""
    process = start(pictures, out, "--recursive", PYTHONPATH=slowly)
    wait_until(lambda: out.is_dir() and len(names(out)) > 20, process)
    return process


def test_a_worker_is_killed(
    start: Start,
    deblur: Command,
    pictures: Path,
    tmp_path: Path,
    slowly: str,
) -> None:
    out = tmp_path / "out"
    process = start_midway(start, pictures, out, slowly)
    os.kill(random.Random(0).choice(workers_of(process.pid)), signal.SIGKILL)
    stdout, _ = process.communicate()
    assert process.returncode == 1  # the damaged ones
    assert "188 of 200 pictures deblurred" in stdout
    deblur(pictures, tmp_path / "plain", "--recursive")
    assert files(out) == files(tmp_path / "plain")


def test_a_picture_that_kills_its_process_is_named_and_no_other_fails(
    start: Start,
    deblur: Command,
    source: Path,
    tmp_path: Path,
    hook: Callable[[str], str],
) -> None:
    for number in range(3, 40):
        shutil.copy(source / "0.png", source / f"{number}.png")
    deblur(source, tmp_path / "plain")
    killing = hook(
        "def hook(path):\n"
        f"    if path.startswith({str(source)!r}) and path.endswith(('/17.png', '/23.png')):\n"
        f"        with open({str(tmp_path / 'kills')!r}, 'a') as file:\n"
        "            print(path, file=file)\n"
        "        os.kill(os.getpid(), 9)\n"
    )
    process = start(source, tmp_path / "out", PYTHONPATH=killing)
    stdout, stderr = process.communicate()
    assert process.returncode == 1
    assert "38 of 40 pictures deblurred" in stdout and "2 failed: 17.png, 23.png" in stdout
    assert stderr.count("its process was killed twice") == 2
    expected = files(tmp_path / "plain")
    del expected["17.png"], expected["23.png"]
    assert files(tmp_path / "out") == expected
    killed = (tmp_path / "kills").read_text().split()
    assert {name: killed.count(name) <= 2 for name in killed} == {
        str(source / "17.png"): True,
        str(source / "23.png"): True,
    }


def test_the_command_is_killed_and_goes_on_where_it_was(
    start: Start,
    deblur: Command,
    pictures: Path,
    tmp_path: Path,
    slowly: str,
) -> None:
    out = tmp_path / "out"
    process = start_midway(start, pictures, out, slowly)
    process.kill()
    process.wait()
    left = len(names(out))
    assert left < 188
    second = start(pictures, out, "--recursive", "--existing", "skip")
    stdout, _ = second.communicate()
    assert "skipped, whose results exist already" in stdout
    deblur(pictures, tmp_path / "plain", "--recursive")
    assert files(out) == files(tmp_path / "plain")


def test_ctrl_c_ends_it_and_its_cluster(
    start: Start, pictures: Path, tmp_path: Path, slowly: str
) -> None:
    out = tmp_path / "out"
    report = tmp_path / "r.json"
    process = start(pictures, out, "--recursive", "--report", report, PYTHONPATH=slowly)
    wait_until(lambda: out.is_dir() and len(names(out)) > 5, process)
    workers = workers_of(process.pid)
    assert workers
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate()
    assert process.returncode == 130, (stdout, stderr)
    assert stdout.startswith("interrupted: ") and "Traceback" not in stderr
    assert json.loads(report.read_text())["summary"]["interrupted"] is True
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)
