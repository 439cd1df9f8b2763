"""Make a trained network one of the shipped ones.

    python3 cnn_denoiser/evaluate.py --checkpoint RUN --synthetic 200 --json figures.json
    python3 -m cnn_denoiser.publish RUN --measured figures.json

copies the newest weights of a run to `trained_models/MODEL`, with their description and what was
measured, and exports them to ONNX. Exit codes: 0 done; 1 it failed; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnn_denoiser.export.keras_to_onnx import export_in_another_process
from cnn_denoiser.model_files.model_folder import (
    ONNX,
    WEIGHTS,
    CheckpointError,
    read_description,
    verified_weights,
    write_description,
)
from cnn_denoiser.model_files.run_folder import find_model_folder
from cnn_denoiser.model_files.shipped import TRAINED_MODELS

FIGURES = ("psnr", "ssim", "characters", "alphanumeric", "plates")
DOING_NOTHING = "blurred"


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m cnn_denoiser.publish",
        description="Make the newest weights of a run the shipped ones of their network.",
    )
    parser.add_argument("run", metavar="RUN", help="a run folder or a model folder")
    parser.add_argument(
        "--measured",
        action="append",
        default=[],
        metavar="[NAME=]FILE.json",
        help="what evaluate.py wrote of RUN; with NAME, that is what the one set of pictures in "
        "the file is called; repeatable",
    )
    options = parser.parse_args(arguments)
    try:
        measured = {
            name: figures
            for text in options.measured
            for name, figures in _measured(text, options.run).items()
        }
    except (OSError, ValueError, KeyError) as error:
        parser.error(f"--measured: {error}")
    try:
        print(f"published in {publish(Path(options.run), measured)}")
    except (CheckpointError, OSError) as error:
        print(f"publish: error: {error}", file=sys.stderr)
        return 1
    return 0


def publish(run: Path, measured: dict[str, Any]) -> Path:
    """Replace the shipped weights of a run's network by its newest; return their folder.

    The ONNX file is written and compared with the weights before anything is replaced. Raises
    `CheckpointError` and OSError.
    """
    source = find_model_folder(run)
    description = replace(read_description(source), measured=measured)
    destination = TRAINED_MODELS / description.model
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TRAINED_MODELS, prefix=".partial-") as name:
        folder = Path(name)
        shutil.copyfile(verified_weights(source), folder / WEIGHTS)
        write_description(folder, description)
        export_in_another_process(folder, folder / ONNX)
        for file in folder.iterdir():
            os.replace(file, destination / file.name)
    return destination


def _measured(text: str, run: str) -> dict[str, dict[str, Any]]:
    """Return, by set, the network's figures beside those of doing nothing."""
    name, equals, file = text.partition("=") if "=" in text else ("", "", text)
    if not file or (equals and not name):
        raise ValueError(f"takes [NAME=]FILE.json. Received: {text}")
    results = json.loads(Path(file).read_text(encoding="utf-8"))
    if not results or any(run not in result["methods"] for result in results):
        raise ValueError(f"{file} does not hold the figures of {run}")
    if name and len(results) > 1:
        raise ValueError(f"{file} holds {len(results)} sets; give it without NAME=")
    return {name or result["set"]: _figures(result, run) for result in results}


def _figures(result: dict[str, Any], run: str) -> dict[str, Any]:
    figures = {
        method: {
            f: round(value, 4)
            for f in FIGURES
            if (value := result["methods"][method][f]) is not None
        }
        for method in (DOING_NOTHING, run)
    }
    return {
        "pictures": len(result["labels"]),
        DOING_NOTHING: figures[DOING_NOTHING],
        "deblurred": figures[run],
    }


if __name__ == "__main__":
    sys.exit(main())
