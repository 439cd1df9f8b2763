"""The project as people install it: a wheel, in an environment without TensorFlow."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from plumbing.pictures.codec import read_picture

PROJECT = Path(__file__).resolve().parents[1]

SCRIPT = """
import sys
from cnn_denoiser import Deblurrer
from plumbing.pictures.codec import read_picture, write_picture
from pathlib import Path

sharp = Deblurrer("unet")(read_picture(Path(sys.argv[1])))
write_picture(Path(sys.argv[2]), sharp)
assert "tensorflow" not in sys.modules
"""


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_an_installed_wheel_deblurs_from_another_folder(tmp_path: Path) -> None:
    wheels, environment, work = (tmp_path / name for name in ("wheels", "environment", "work"))
    work.mkdir()
    # What an earlier build left behind would go into the wheel.
    left_out = shutil.ignore_patterns(".*", "build", "*.egg-info", "runs", "out", "tests", "data")
    shutil.copytree(PROJECT, tmp_path / "source", ignore=left_out)
    pip_wheel = (sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", wheels)
    run(*pip_wheel, tmp_path / "source", cwd=tmp_path)
    run(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    (wheel,) = wheels.glob("moussaka-*.whl")
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    constraints = PROJECT / "constraints.txt"
    run(scripts / "python", "-m", "pip", "install", "-c", constraints, wheel, cwd=work)

    assert "tensorflow" not in run(scripts / "python", "-m", "pip", "list", cwd=work).lower()
    source = PROJECT / "data" / "100blurred"
    run(scripts / "moussaka", source, work / "deblurred", "--limit", 3, "--format", "png", cwd=work)
    for command in ("moussaka-train", "moussaka-evaluate", "moussaka-blur", "moussaka-plates"):
        assert "usage" in run(scripts / command, "--help", cwd=work)
    by_command = sorted((work / "deblurred").iterdir())
    assert [path.name for path in by_command] == ["000.png", "001.png", "002.png"]

    (work / "script.py").write_text(SCRIPT, encoding="utf-8")
    run(scripts / "python", "script.py", source / "000.jpg", "by_api.png", cwd=work)
    expected = read_picture(by_command[0])
    assert np.array_equal(read_picture(work / "by_api.png"), expected)
    # The same pixels as the checkout gives.
    run(sys.executable, "deblur_images.py", source / "000.jpg", work / "here.png", cwd=PROJECT)
    assert np.array_equal(read_picture(work / "here.png"), expected)
