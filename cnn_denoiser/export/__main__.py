"""Write a trained network as an ONNX file, which deblurring runs.

    python3 -m cnn_denoiser.export MODEL_FOLDER FILE.onnx
    python3 -m cnn_denoiser.export MODEL_FOLDER FILE.onnx --precision int8

For int8, MODEL_FOLDER holds the network in float32 (model.onnx) already.

Exit codes: 0 done; 1 the file cannot be written; 2 wrong usage; 4 the network cannot be loaded, or
its ONNX form computes something else.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cnn_denoiser.export.keras_to_onnx import export_onnx
from cnn_denoiser.model_files.model_folder import ONNX
from plumbing.commands.errors import CommandError, ExitCode
from plumbing.commands.numbers import path
from plumbing.commands.options import make_parser, option, parse
from plumbing.commands.running import run_command
from plumbing.commands.signals import StopSignals, quit_at_interrupt

INSTALLATION = "pip install -r requirements.txt"


@dataclass(frozen=True)
class ExportOptions:
    """What to export, and where to."""

    model_folder: Path = option("a model folder", type=path, positional="MODEL_FOLDER")
    destination: Path = option("the file to write", type=path, positional="FILE.onnx")
    precision: Literal["f32", "int8"] = option(
        "what the network computes its convolutions with", default="f32", choices=("f32", "int8")
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        quit_at_interrupt()

    def work(signals: StopSignals) -> int:
        parser = make_parser(ExportOptions, "python3 -m cnn_denoiser.export", __doc__ or "")
        options = ExportOptions(**parse(ExportOptions, parser, arguments))
        try:
            if options.precision == "f32":
                export_onnx(options.model_folder, options.destination)
            else:
                from cnn_denoiser.export.quantisation import quantise

                quantise(options.model_folder / ONNX, options.destination)
        except OSError as error:
            reason = error.strerror or error
            raise CommandError(f"{options.destination} cannot be written: {reason}") from error
        return ExitCode.OK

    return run_command("export", work, INSTALLATION)


if __name__ == "__main__":
    sys.exit(main())
