"""What a run was made with: versions of the software, and the revision of this code."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]


def versions() -> dict[str, str]:
    """Return the versions of Python, Keras and NumPy, Keras' backend, and the git revision if any.

    The revision ends in `-dirty` where tracked files were changed since.
    """
    import keras

    revision = git_revision(PROJECT)
    return {
        "python": platform.python_version(),
        "keras": version("keras"),
        "backend": keras.backend.backend(),
        "numpy": np.__version__,
        **({"git": revision} if revision else {}),
    }


def git_revision(folder: Path) -> str | None:
    """Return the revision checked out in a folder; None where it is no working tree of its own."""
    if not (folder / ".git").exists():
        return None
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # no git here, or it does not trust the folder
        return None
    return result.stdout.strip()
