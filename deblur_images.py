#!/usr/bin/env python3
"""Deblur a folder of licence-plate pictures: `python3 deblur_images.py SRC DST`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

EXIT_CODES = """exit codes:
  0    all pictures are deblurred
  1    some pictures failed; they are named on stderr
  2    wrong usage, or nothing to work with
  130  interrupted by Ctrl-C, after saving what was deblurred
"""


def parse_arguments() -> argparse.Namespace:
    """Read the command line; exits with 2 where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="deblur_images.py",
        description="Deblur every picture of a folder (jpg, jpeg, png, bmp, webp, tif, tiff): "
        "270x90, grey, under its own name and in its own format.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="SRC", type=Path, help="folder of blurred pictures")
    parser.add_argument(
        "destination", metavar="DST", type=Path, help="folder for the results, made if missing"
    )
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--model", metavar="NAME", help="a shipped network (default: unet)")
    network.add_argument(
        "--checkpoint",
        metavar="DIR",
        type=Path,
        help="a network of your own: the folder of a training run, or of one of its checkpoints",
    )
    return parser.parse_args()


def main() -> int:
    """Run the command and return its exit code."""
    arguments = parse_arguments()
    try:
        # Imported here, so that --help does not wait for them.
        from tqdm import tqdm

        from cnn_denoiser.checkpoints import CheckpointError
        from cnn_denoiser.deblurring.inference import deblur_pictures
        from cnn_denoiser.deblurring.network import load_network
        from cnn_denoiser.deblurring.planning import Task, UsageError, plan

        try:
            tasks = plan(arguments.source, arguments.destination)
            network = load_network(arguments.model, arguments.checkpoint)
        except (UsageError, CheckpointError) as error:
            print(f"deblur_images.py: {error}", file=sys.stderr)
            return 2

        # disable=None: no bar where stderr is no terminal.
        with tqdm(total=len(tasks), unit=" pictures", disable=None, file=sys.stderr) as bar:

            def report(task: Task, reason: str | None) -> None:
                if reason is not None:
                    tqdm.write(f"deblur_images.py: {task.source}: {reason}", file=sys.stderr)
                bar.update()

            summary = deblur_pictures(tasks, network, report)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    print(summary)
    if summary.interrupted:
        return 130
    return 1 if summary.failures else 0


if __name__ == "__main__":
    sys.exit(main())
