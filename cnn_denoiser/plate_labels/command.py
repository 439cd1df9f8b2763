"""Read sharp plates with an OCR engine and write what they say to labels.csv beside them.

    python3 -m cnn_denoiser.read_plates PLATES

With it, training knows which characters are rare, and validation how well plates are read.
Pictures that are not read as a whole plate are left out.

Exit codes: 0 done; 1 done, but some files cannot be read, which stderr names, or the table cannot
be written; 2 wrong usage, or no OCR engine; 3 no picture there reads like a plate; 130 interrupted
by Ctrl-C, 143 by SIGTERM, nothing written.
"""

from __future__ import annotations

from collections.abc import Sequence

from plumbing.commands.signals import StopSignals, quit_at_interrupt

PROG = "python3 -m cnn_denoiser.read_plates"
INSTALLATION = "pip install -r requirements-deblurring.txt -r requirements-evaluation.txt"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        quit_at_interrupt()
    from plumbing.commands.running import run_command

    def work(signals: StopSignals) -> int:
        from cnn_denoiser.plate_labels.options import read_command_line

        options = read_command_line(arguments, PROG, __doc__ or "")
        from cnn_denoiser.plate_labels.plate_reading import read_plates

        return read_plates(options, signals)

    return run_command("read_plates", work, INSTALLATION)
