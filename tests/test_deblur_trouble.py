"""The command where things go wrong: kills, full disks, folders that vanish, two runs at once."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.many_pictures import make_pictures

COMMAND = Path(__file__).resolve().parents[1] / "deblur_images.py"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="uses signals, links and mounts")


def command(*arguments: object) -> list[str]:
    return [sys.executable, str(COMMAND), *map(str, arguments)]


def deblur(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, **options
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds, hidden files too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def wait_for_results(folder: Path, process: subprocess.Popen[str], more_than: int = 0) -> None:
    deadline = time.monotonic() + 120
    while not folder.is_dir() or sum(1 for _ in folder.glob("*.png")) <= more_than:
        assert time.monotonic() < deadline
        if process.poll() is not None:
            return
        time.sleep(0.002)


@pytest.mark.slow
def test_runs_that_are_killed_and_continued_give_what_one_run_gives(tmp_path: Path) -> None:
    source = make_pictures(tmp_path / "source", 400)
    undisturbed, out = tmp_path / "undisturbed", tmp_path / "out"
    assert deblur(source, undisturbed).returncode == 0
    expected = contents(undisturbed)
    rng = random.Random(1)
    killed = 0
    for _ in range(20):
        before = len(list(out.glob("*.png"))) if out.exists() else 0
        process = subprocess.Popen(
            command(source, out, "--existing", "skip"), stdout=subprocess.DEVNULL, text=True
        )
        if rng.random() < 0.8:
            wait_for_results(out, process, more_than=before)
        time.sleep(rng.uniform(0, 0.1))
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        if out.exists():
            for path in out.glob("*.png"):
                assert path.read_bytes() == expected[path.name]
    assert killed >= 10
    finished = deblur(source, out, "--existing", "skip")
    assert finished.returncode == 0
    # A kill between making a file and writing to it leaves an empty one, for at most a minute.
    assert {name: data for name, data in contents(out).items() if data} == expected


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_ends_the_run_with_what_is_done(
    small_disk: Path, negative_folder: Path, tmp_path: Path
) -> None:
    source = make_pictures(tmp_path / "source", 200)
    own = ("--checkpoint", negative_folder)
    assert deblur(source, tmp_path / "whole", *own).returncode == 0
    expected = contents(tmp_path / "whole")
    table = small_disk / "report.csv"
    finished = deblur(source, small_disk / "out", *own, "--report", table)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    assert finished.stderr.count("No space left on device") <= 2  # a picture, and the report
    assert finished.stderr.count("stopped. What is done stays") == 1
    done = contents(small_disk / "out")
    assert f"{len(done)} of 200 pictures deblurred" in finished.stdout
    assert 0 < len(done) < 100
    assert all(data == expected[name] for name, data in done.items())
    assert not list(small_disk.rglob("*.temporary"))
    table.unlink(missing_ok=True)
    grow = ["mount", "-o", "remount,size=64m", str(small_disk)]
    subprocess.run(grow, check=True)
    finished = deblur(source, small_disk / "out", *own, "--existing", "skip")
    assert finished.returncode == 0 and f"{len(done)} skipped" in finished.stdout
    assert contents(small_disk / "out") == expected


@pytest.mark.parametrize("vanishing", ["source", "out"])
def test_a_folder_that_vanishes_ends_the_run(
    negative_folder: Path, tmp_path: Path, vanishing: str
) -> None:
    source, out = make_pictures(tmp_path / "source", 4000), tmp_path / "out"
    process = subprocess.Popen(
        command(source, out, "--checkpoint", negative_folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for_results(out, process)
    (tmp_path / vanishing).rename(tmp_path / "elsewhere")
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 1
    assert stderr.count("\n") == 1
    assert f"{tmp_path / vanishing} has vanished; stopped" in stderr
    done = list((out if vanishing == "source" else tmp_path / "elsewhere").glob("*.png"))
    assert 0 < len(done) < 4000
    assert f"{len(done)} of 4000 pictures deblurred" in stdout


def test_folders_without_permission_are_told(negative_folder: Path, tmp_path: Path) -> None:
    source, out = make_pictures(tmp_path / "source", 3), tmp_path / "out"
    locked = source / "locked"
    out.mkdir(mode=0o555)
    locked.mkdir(mode=0)
    # The superuser may do everything, unless it gives that up.
    obeying = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    arguments = command(source, out, "--checkpoint", negative_folder)
    if os.geteuid() == 0:
        if (
            not shutil.which("setpriv")
            or subprocess.run([*obeying, "true"], check=False).returncode
        ):
            pytest.skip("the superuser cannot give up its rights here")
        arguments = [*obeying, *arguments]
    try:
        finished = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert finished.returncode == 2
        assert finished.stderr == f"deblur_images.py: error: {out} cannot be written to\n"
        out.chmod(0o755)
        arguments.append("--recursive")
        finished = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert finished.returncode == 1
        assert finished.stderr == f"deblur_images.py: error: {locked}: Permission denied\n"
        assert "3 of 4" in finished.stdout
        assert len(list(out.glob("*.png"))) == 3
    finally:
        locked.chmod(0o755)


def test_two_runs_at_once_and_the_rests_of_a_third_do_no_harm(
    negative_folder: Path, tmp_path: Path
) -> None:
    source, out = make_pictures(tmp_path / "source", 300), tmp_path / "out"
    own = ("--checkpoint", negative_folder)
    assert deblur(source, tmp_path / "alone", *own).returncode == 0
    out.mkdir()
    (out / ".0123456789abcdef.temporary").write_bytes(b"half a picture")
    processes = [
        subprocess.Popen(
            command(source, out, *own), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        stdout, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, stderr
        assert stdout.startswith("300 of 300") and stderr == ""
    assert contents(out) == contents(tmp_path / "alone")


@pytest.mark.parametrize(
    "streams",
    [">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", ">/dev/full 2>&1", "2>&1 | head -c 9", "<&-"],
)
def test_closed_full_and_vanished_streams_change_nothing(
    negative_folder: Path, tmp_path: Path, streams: str
) -> None:
    if "/dev/full" in streams and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    source = make_pictures(tmp_path / "source", 3)
    (source / "empty.png").touch()
    own = ("--checkpoint", negative_folder, "--verbose", "--report", tmp_path / "r.csv")
    words = shlex.join(command(source, tmp_path / "out", *own))
    told_rc = tmp_path / "exit code"
    script = f"{{ {words}; echo $? >{shlex.quote(str(told_rc))}; }} {streams}"
    finished = subprocess.run(script, shell=True, capture_output=True, text=True, check=False)
    assert told_rc.read_text() == "1\n"
    assert "Traceback" not in finished.stdout + finished.stderr
    assert len(list((tmp_path / "out").glob("*.png"))) == 3
    rows = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 5 and not any("deblur_images" in row for row in rows)


def test_without_its_packages_it_names_what_to_run(tmp_path: Path) -> None:
    source = make_pictures(tmp_path / "source", 1)
    bare = [sys.executable, "-I", "-S", "-c", BARE, str(COMMAND), str(source), str(tmp_path / "o")]
    finished = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert finished.stderr == (
        "deblur_images.py: error: numpy is not installed; "
        "run: pip install -r requirements-deblurring.txt\n"
    )
    assert not (tmp_path / "o").exists()


# Without -S and its packages; sys.path has the script's folder, as it has when it is run.
BARE = """
import runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, sys.argv[0].rpartition("/")[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""
