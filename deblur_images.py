#!/usr/bin/env python3
"""Deblur pictures of licence plates: `python3 deblur_images.py SRC DST`."""

from __future__ import annotations

import io
import os
import signal
import sys

from cnn_denoiser.deblurring.exit_codes import INTERRUPTED, SOME_FAILED
from cnn_denoiser.deblurring.options import parse_arguments


def main() -> int:
    """Run the command and return its exit code."""
    options = parse_arguments()
    if isinstance(sys.stdout, io.TextIOWrapper):  # names may hold what its encoding does not
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        # Imported here, so that --help does not wait for it.
        from cnn_denoiser.deblurring.command import run

        exit_code = run(options)
        sys.stdout.flush()
        return exit_code
    except BrokenPipeError:  # whoever read what is printed has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SOME_FAILED
    except KeyboardInterrupt:  # before the work began, or a second time
        print("interrupted", file=sys.stderr)
        return INTERRUPTED + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
