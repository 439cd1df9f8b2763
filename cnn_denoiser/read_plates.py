"""Read what sharp plates say: `python3 -m cnn_denoiser.read_plates --help`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root and not from this folder.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

try:
    from cnn_denoiser.plate_labels.command import main
except KeyboardInterrupt:  # until `main` has taken Ctrl-C over
    raise SystemExit(130) from None

if __name__ == "__main__":
    sys.exit(main())
