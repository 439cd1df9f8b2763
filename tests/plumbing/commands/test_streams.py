from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell's")

# Prints more than a pipe or a buffer holds, writes a file, and says how it went by its exit code.
PROGRAM = """
import sys
from plumbing.commands.streams import protect_streams

protect_streams()
for _ in range(20_000):
    print("a line")
    print("a notice", file=sys.stderr)
print("\\udcff \\u4eac")
with open(sys.argv[1], "w") as file:
    file.write("done")
assert file.fileno is not None
sys.exit(7)
"""


def run(redirection: str, output: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    script = output.parent / "program.py"
    script.write_text(PROGRAM)
    command = f"set -o pipefail; {sys.executable} {script} {output} {redirection}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "redirection",
    [
        "",
        ">&-",
        "2>&-",
        "<&-",
        "<&- >&- 2>&-",
        ">/dev/full",
        "2>/dev/full",
        ">/dev/full 2>&1",
        "| true",
        "2>&1 | true",
        "2>&1 | head -1",
    ],
)
def test_the_work_is_done_whatever_becomes_of_the_streams(redirection: str, tmp_path: Path) -> None:
    output = tmp_path / "output"
    result = run(redirection, output)
    assert result.returncode == 7
    assert output.read_text() == "done"
    assert b"Traceback" not in result.stderr and b"Exception" not in result.stderr


def test_names_in_any_encoding_can_be_printed(tmp_path: Path) -> None:
    result = run("2>/dev/null", tmp_path / "output", PYTHONIOENCODING="ascii")
    assert result.returncode == 7
    assert result.stdout.splitlines()[-1] == rb"\udcff \u4eac"


def test_a_closed_streams_number_goes_to_no_file_of_ours(tmp_path: Path) -> None:
    program = tmp_path / "numbers.py"
    program.write_text(
        "import os, sys\n"
        "from plumbing.commands.streams import protect_streams\n"
        "protect_streams()\n"
        "file = open(sys.argv[1], 'w')\n"
        "file.write(str(file.fileno()))\n"
    )
    output = tmp_path / "output"
    command = f"{sys.executable} {program} {output} <&- >&- 2>&-"
    subprocess.run(["bash", "-c", command], env={**os.environ, "PYTHONPATH": str(PROJECT)})
    assert int(output.read_text()) > 2
