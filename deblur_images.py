#!/usr/bin/env python3
"""Deblur pictures of licence plates: `python3 deblur_images.py SRC DST`."""

try:
    import os
    import sys

    from cnn_denoiser.deblurring.command import main
except KeyboardInterrupt:  # until `main` has taken Ctrl-C over
    os._exit(130)

if __name__ == "__main__":
    sys.exit(main(prog="deblur_images.py"))
