"""Deblurring on a real Ray cluster of two workers, while processes are killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Command
from tests.helpers.hostile_pictures import png
from tests.helpers.plain_pictures import names, plain_picture

pytest.importorskip("ray")

TWO = ("--workers", "2")
RAY = ("-m", "cnn_denoiser.deblur_on_ray")
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals as on Unix"),
    pytest.mark.slow,
]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Make 200 pictures in two folders, some truncated, empty, or claiming to be huge."""
    return make_pictures(tmp_path / "pictures", 200)


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
def start(negative_folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command with two workers and a network that makes negatives."""
    started = []

    def run(*arguments: object, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *RAY, *map(str, [*arguments, "--checkpoint", negative_folder, *TWO])],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


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


def test_the_same_results_reports_and_exit_codes(
    start: Callable[..., subprocess.Popen[str]], deblur: Command, tmp_path: Path
) -> None:
    pictures = make_pictures(tmp_path / "pictures", 3000)
    options = ("--recursive", "--colour", "--compare", "PAIRS", "--report", "R.json")

    def here(folder: Path) -> list[object]:
        folder.mkdir()
        return [
            folder / option if option.isupper() or "." in option else option for option in options
        ]

    plain = deblur(pictures, tmp_path / "plain" / "out", *here(tmp_path / "plain"))
    process = start(pictures, tmp_path / "ray" / "out", *here(tmp_path / "ray"))
    stdout, stderr = process.communicate()
    assert process.returncode == plain.returncode == 1
    assert sorted(stderr.splitlines()) == sorted(
        plain.stderr.replace("deblur_images.py:", "deblur_on_ray:").splitlines()
    )
    assert "2820 of 3000 pictures deblurred" in stdout and "180 failed" in stdout
    for kind in ("out", "PAIRS"):
        assert files(tmp_path / "ray" / kind) == files(tmp_path / "plain" / kind)
    reports = [json.loads((tmp_path / run / "R.json").read_text()) for run in ("plain", "ray")]
    for report in reports:
        for row in report["pictures"]:
            row["milliseconds"] = row["output"] = None
    assert reports[0]["pictures"] == reports[1]["pictures"]  # in the same order, too
    assert reports[0]["summary"]["failed"] == reports[1]["summary"]["failed"]


def test_a_worker_is_killed(
    start: Callable[..., subprocess.Popen[str]],
    deblur: Command,
    pictures: Path,
    tmp_path: Path,
    slowly: str,
) -> None:
    out = tmp_path / "out"
    process = start(pictures, out, "--recursive", PYTHONPATH=slowly)
    wait_until(lambda: out.is_dir() and len(names(out)) > 20, process)
    os.kill(random.Random(0).choice(workers_of(process.pid)), signal.SIGKILL)
    stdout, _ = process.communicate()
    assert process.returncode == 1  # the damaged ones
    assert "188 of 200 pictures deblurred" in stdout
    deblur(pictures, tmp_path / "plain", "--recursive")
    assert files(out) == files(tmp_path / "plain")


def test_a_picture_that_kills_its_process_is_named_and_no_other_fails(
    start: Callable[..., subprocess.Popen[str]],
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
    start: Callable[..., subprocess.Popen[str]],
    deblur: Command,
    pictures: Path,
    tmp_path: Path,
    slowly: str,
) -> None:
    out = tmp_path / "out"
    process = start(pictures, out, "--recursive", PYTHONPATH=slowly)
    wait_until(lambda: out.is_dir() and len(names(out)) > 20, process)
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
    start: Callable[..., subprocess.Popen[str]], pictures: Path, tmp_path: Path, slowly: str
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


def test_what_cannot_be_is_told_in_a_line(
    start: Callable[..., subprocess.Popen[str]], source: Path, tmp_path: Path
) -> None:
    for arguments, code, told in [
        ((source, tmp_path / "out.tar"), 2, "many workers cannot write one archive"),
        ((source, tmp_path / "out", "--address", "127.0.0.1:1"), 2, "no Ray cluster answers"),
        ((source, tmp_path / "out", "--address", "nowhere"), 2, "no Ray cluster answers"),
        ((tmp_path / "nothing", tmp_path / "out"), 2, "does not exist"),
    ]:
        process = start(*arguments)
        _, stderr = process.communicate()
        assert (process.returncode, stderr.count("\n")) == (code, 1), stderr
        assert told in stderr
