#!/usr/bin/env python3
"""Deblur pictures on a Ray cluster: `python3 -m cnn_denoiser.deblur_on_ray SRC DST`."""

try:
    import os
    import sys
    from pathlib import Path

    if __name__ == "__main__":
        # Run as a script: import from the project's root.
        sys.path[0] = str(Path(__file__).resolve().parents[1])
    from cnn_denoiser.deblurring.on_ray.command import main
except KeyboardInterrupt:  # until `main` has taken Ctrl-C over
    os._exit(130)

if __name__ == "__main__":
    sys.exit(main())
