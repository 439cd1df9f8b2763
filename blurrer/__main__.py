"""Command: blur a folder of sharp pictures."""

from __future__ import annotations

import argparse
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np

from blurrer import geometry
from blurrer.pair import Pair
from blurrer.profiles import list_profiles, make_pair
from plumbing.commands.numbers import whole_number
from plumbing.pictures.codec import (
    SUFFIXES,
    PictureError,
    find_pictures,
    read_picture,
    write_picture,
)

TARGETS = "targets"

# The preview shows the first pairs, three side by side.
PREVIEW_PAIRS = 24
PREVIEW_COLUMNS = 3

OK = 0
SOME_FAILED = 1
CANNOT = 2
INTERRUPTED = 130


class CannotError(Exception):
    """The command cannot do what was asked; the message says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parse(arguments)
    # The steps are too small to share between threads.
    cv2.setNumThreads(1)
    try:
        pictures = _plan(options)
        failures, preview = _blur(pictures, options)
        if options.preview and preview:
            _write_preview(options.preview, preview)
    except CannotError as error:
        print(f"blurrer: {error}", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    failed = f", {failures} failed" if failures else ""
    print(f"{len(pictures) - failures} pictures blurred ({options.profile}){failed}")
    return SOME_FAILED if failures else OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m blurrer",
        description="Blur every picture of a folder: 270x90, grey, under its own name.",
        epilog="A picture's blur follows from the seed and its name alone. Exit codes: 0 all "
        "blurred, 1 some failed and are named on stderr, 2 wrong usage, 130 interrupted.",
    )
    parser.add_argument("source", metavar="SRC", type=Path, help="folder of sharp pictures")
    parser.add_argument(
        "destination", metavar="DST", type=Path, help="folder for the results, made if missing"
    )
    parser.add_argument(
        "--profile", choices=list_profiles(), default="camera", help="default: camera"
    )
    parser.add_argument("--seed", type=whole_number(0), default=0, help="0 or more (default: 0)")
    parser.add_argument(
        "--targets",
        action="store_true",
        help=f"write each blurred picture's sharp counterpart too, to DST/{TARGETS}",
    )
    parser.add_argument("--colour", action="store_true", help="keep the colours")
    parser.add_argument(
        "--keep-aspect", action="store_true", help="pad pictures of another shape than 270x90"
    )
    parser.add_argument(
        "--preview", metavar="FILE", type=Path, help="picture of the first pairs, sharp and blurred"
    )
    return parser.parse_args(arguments)


def _plan(options: argparse.Namespace) -> list[Path]:
    """Return the pictures to blur; make the folders."""
    source, destination = options.source, options.destination
    if options.preview and options.preview.suffix.lower() not in SUFFIXES:
        known = " ".join(sorted(SUFFIXES))
        raise CannotError(f"--preview {options.preview}: its name must end in one of {known}")
    if not source.is_dir():
        raise CannotError(f"{source} is not a folder" if source.exists() else f"no folder {source}")
    targets = destination / TARGETS
    try:
        if _is_same(destination, source):
            raise CannotError(f"{source} and {destination} are the same folder: name another DST")
        if options.targets and _is_same(targets, source):
            raise CannotError(
                f"the targets would replace the pictures of {source}: name another DST"
            )
        if options.preview and _is_same(options.preview.parent, source):
            raise CannotError(f"--preview {options.preview}: name a file outside of {source}")
        pictures = find_pictures(source)
        if not pictures:
            raise CannotError(f"no pictures in {source} (files ending in {sorted(SUFFIXES)})")
        (targets if options.targets else destination).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotError(f"{error.filename}: {error.strerror}") from error
    return pictures


def _is_same(folder: Path, existing: Path) -> bool:
    """Whether a folder, which may be missing, is an existing one, however both are spelled."""
    return folder.exists() and folder.samefile(existing)


def _blur(pictures: list[Path], options: argparse.Namespace) -> tuple[int, list[Pair]]:
    """Write the results; return how many failed and the first pairs."""
    failures = 0
    preview: list[Pair] = []
    for path in pictures:
        try:
            sharp = read_picture(path)
            if options.keep_aspect:
                sharp = geometry.fit(sharp, keep_aspect=True)
            rng = np.random.default_rng([options.seed, zlib.crc32(path.name.encode())])
            pair = make_pair(sharp, rng, options.profile, colour=options.colour)
            write_picture(options.destination / path.name, pair.blurred)
            if options.targets:
                write_picture(options.destination / TARGETS / path.name, pair.sharp)
        except (PictureError, OSError) as error:
            failures += 1
            print(f"blurrer: {path}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
            continue
        if len(preview) < PREVIEW_PAIRS:
            preview.append(pair)
    return failures, preview


def _write_preview(path: Path, pairs: list[Pair]) -> None:
    try:
        # Imported here, as blurring alone does without Pillow, which draws the titles.
        from plumbing.pictures.contact_sheet import contact_sheet
    except ImportError as error:
        raise CannotError(f"--preview needs Pillow (requirements.txt): {error}") from error
    rows = [
        [
            picture
            for pair in pairs[start : start + PREVIEW_COLUMNS]
            for picture in (pair.sharp, pair.blurred)
        ]
        for start in range(0, len(pairs), PREVIEW_COLUMNS)
    ]
    columns = min(len(pairs), PREVIEW_COLUMNS)
    try:
        write_picture(path, contact_sheet(rows, titles=["target", "blurred"] * columns))
    except (PictureError, OSError) as error:
        raise CannotError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


if __name__ == "__main__":
    sys.exit(main())
