"""Make a trained network one of the shipped ones.

    python3 cnn_denoiser/evaluate.py --checkpoint RUN --synthetic 200 --json figures.json
    python3 -m cnn_denoiser.publish RUN --measured figures.json

copies the newest weights of a run to `trained_models/MODEL`, with their description and what was
measured, and exports them to ONNX, in float32 and in 8 bits. The shipped folder is replaced as a
whole, or not at all.

Exit codes: 0 done; 1 it cannot be written; 2 wrong usage; 4 RUN holds no whole network, or its
export failed; 130 interrupted by Ctrl-C, 143 by SIGTERM, nothing replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plumbing.commands.errors import ExitCode
from plumbing.commands.notices import printable
from plumbing.commands.signals import StopSignals, quit_at_interrupt

PROG = "python3 -m cnn_denoiser.publish"
INSTALLATION = "pip install -r requirements.txt"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        from cnn_denoiser.publishing.options import read_command_line

        options = read_command_line(arguments, PROG, __doc__ or "")
        from cnn_denoiser.model_files.shipped import TRAINED_MODELS
        from cnn_denoiser.publishing.measured import read_measured
        from cnn_denoiser.publishing.publication import publish

        measured: dict[str, Any] = {}
        for text in options.measured:
            measured |= read_measured(text, str(options.run))
        folder = publish(options.run, measured, TRAINED_MODELS, signals.check)
        print(f"published in {printable(folder)}")
        return ExitCode.OK

    return run_command("publish", work, INSTALLATION)
