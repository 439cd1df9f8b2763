"""Export in a process of its own."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal

from cnn_denoiser.model_files.model_folder import CheckpointError, verified_weights

_log = logging.getLogger(__name__)

_TOLD = {
    "f32": "making %s from the saved weights (once, with TensorFlow) ...",
    "int8": "making %s from the network in float32 (once) ...",
}


def export_in_another_process(
    model_folder: Path, destination: Path, precision: Literal["f32", "int8"] = "f32"
) -> None:
    """Write a network of a model folder as `python3 -m cnn_denoiser.export` does.

    So TensorFlow's half a gigabyte of memory and its messages stay out of this process. The other
    is not started, nor told of, for weights that are missing or damaged. Raises CheckpointError.
    """
    if precision == "f32":
        verified_weights(model_folder)
    _log.info(_TOLD[precision], destination.name)
    paths = [os.path.abspath(model_folder), os.path.abspath(destination)]
    command = [
        sys.executable, "-m", "cnn_denoiser.export", *paths, "--precision", precision,
    ]  # fmt: skip
    project = str(Path(__file__).resolve().parents[2])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [project, os.environ.get("PYTHONPATH")])),
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
    }
    finished = subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if finished.returncode < 0:
        raise CheckpointError(
            f"{destination.name} could not be made: the system ended the process that makes it "
            f"({signal.Signals(-finished.returncode).name}), as a rule for want of memory"
        )
    if finished.returncode:
        last_line = (finished.stderr.strip().splitlines() or ["no message"])[-1]
        raise CheckpointError(last_line.removeprefix("export: error: "))
