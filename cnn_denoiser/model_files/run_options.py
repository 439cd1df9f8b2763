"""`run.json`: the options that a run was started with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cnn_denoiser.model_files.json_file import read_json_object
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.run_folder import OPTIONS
from plumbing.files.atomic import write_atomically


class NoRunError(CheckpointError):
    """A folder holds no run."""


def write_options(run_folder: Path, options: dict[str, Any]) -> None:
    """Record the options of a run."""
    run_folder.mkdir(parents=True, exist_ok=True)
    write_atomically(run_folder / OPTIONS, (json.dumps(options, indent=2) + "\n").encode())


def read_options(run_folder: Path) -> dict[str, Any]:
    """Return the options of the run in a folder.

    Raises `NoRunError` where there is none, `CheckpointError` where they cannot be read.
    """
    path = run_folder / OPTIONS
    try:
        return read_json_object(path)
    except FileNotFoundError as error:
        raise NoRunError(f"{run_folder} holds no run (there is no {OPTIONS})") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CheckpointError(f"{path} cannot be read: {reason}") from error
