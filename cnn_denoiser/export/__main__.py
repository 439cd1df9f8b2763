"""Command: `python3 -m cnn_denoiser.export MODEL_FOLDER ONNX_FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cnn_denoiser.export.keras_to_onnx import export_onnx
from cnn_denoiser.model_files.model_folder import CheckpointError


def main() -> int:
    """Export a model folder; 0 where it worked, 1 otherwise."""
    parser = argparse.ArgumentParser(description="Write a trained network as an ONNX file.")
    parser.add_argument("model_folder", type=Path)
    parser.add_argument("destination", type=Path)
    arguments = parser.parse_args()
    try:
        export_onnx(arguments.model_folder, arguments.destination)
    except (CheckpointError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
