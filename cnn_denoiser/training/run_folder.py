"""A run's folder: what it is known by, and how it is cleared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from cnn_denoiser.atomic_files import write_atomically
from cnn_denoiser.checkpoints import BEST, CHECKPOINTS, OPTIONS, TENSORBOARD, CheckpointError


def remove_run(run_folder: Path) -> None:
    """Remove the run in a folder, and nothing else that lies there."""
    for name in (CHECKPOINTS, BEST, TENSORBOARD):
        if (run_folder / name).is_dir():
            shutil.rmtree(run_folder / name)
    # Last: a folder that was half removed is still known as a run's.
    (run_folder / OPTIONS).unlink(missing_ok=True)


def write_options(run_folder: Path, options: dict[str, Any]) -> None:
    """Record the options of a run."""
    run_folder.mkdir(parents=True, exist_ok=True)
    write_atomically(run_folder / OPTIONS, (json.dumps(options, indent=2) + "\n").encode())


def read_options(run_folder: Path) -> dict[str, Any]:
    """Return the options of the run in a folder; `CheckpointError` where there is none."""
    path = run_folder / OPTIONS
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{run_folder} holds no run (there is no {OPTIONS})") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
