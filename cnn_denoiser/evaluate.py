#!/usr/bin/env python3
"""Measure how well networks deblur: `python3 cnn_denoiser/evaluate.py --help`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

try:
    from cnn_denoiser.evaluation.command import main
except KeyboardInterrupt:  # until `main` has taken Ctrl-C over
    raise SystemExit(130) from None

if __name__ == "__main__":
    sys.exit(main(prog="evaluate.py"))
