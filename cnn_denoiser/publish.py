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

import sys
from pathlib import Path

if __name__ == "__main__":
    # Run as a script: import from the project's root; Ctrl-C during the imports ends with 130.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from plumbing.commands.signals import quit_at_interrupt

    quit_at_interrupt()

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnn_denoiser.export.another_process import export_in_another_process
from cnn_denoiser.model_definitions import list_models
from cnn_denoiser.model_files.model_folder import (
    ONNX,
    ONNX_INT8,
    WEIGHTS,
    CheckpointError,
    read_description,
    verified_weights,
    write_description,
)
from cnn_denoiser.model_files.run_folder import find_model_folder
from cnn_denoiser.model_files.shipped import TRAINED_MODELS
from plumbing.commands.errors import CommandError, ExitCode, UsageError
from plumbing.commands.notices import printable
from plumbing.commands.numbers import path
from plumbing.commands.options import make_parser, option, parse
from plumbing.commands.running import run_command
from plumbing.commands.signals import StopSignals, quit_at_interrupt
from plumbing.files.atomic import sync

FIGURES = ("psnr", "ssim", "reading")
BLURRED = "blurred"  # as evaluation calls the method that does nothing
INSTALLATION = "pip install -r requirements.txt"

_PARTIAL = ".partial-"
_REPLACED = ".replaced-"


@dataclass(frozen=True)
class PublishOptions:
    """What to publish."""

    run: Path = option("a run folder or a model folder", type=path, positional="RUN")
    measured: tuple[str, ...] = option(
        "what evaluate.py wrote of RUN; with NAME, that is what the one set of pictures in the "
        "file is called",
        default=(),
        metavar="[NAME=]FILE.json",
        repeatable=True,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        quit_at_interrupt()

    def work(signals: StopSignals) -> int:
        parser = make_parser(PublishOptions, "python3 -m cnn_denoiser.publish", __doc__ or "")
        options = PublishOptions(**parse(PublishOptions, parser, arguments))
        measured: dict[str, Any] = {}
        for text in options.measured:
            measured |= _read_measured(text, str(options.run))
        folder = publish(options.run, measured, TRAINED_MODELS, signals.check)
        print(f"published in {printable(folder)}")
        return ExitCode.OK

    return run_command("publish", work, INSTALLATION)


def publish(
    run: Path,
    measured: Mapping[str, Any],
    shelf: Path,
    check: Callable[[], None] = lambda: None,
) -> Path:
    """Put the newest weights of a run on a shelf as its network's; return their folder.

    measured: as in `ModelDescription`.
    shelf:    the folder of all published networks.
    check:    is called before anything is replaced, and raises to stop.

    The ONNX files are written and compared with the weights before. Raises `CheckpointError`, and
    `CommandError` where something cannot be written; what was on the shelf then stays.
    """
    source = find_model_folder(run)
    description = replace(read_description(source), measured=dict(measured))
    if description.model not in list_models():
        known = ", ".join(list_models())
        raise CheckpointError(f"{source} is of no known network: {description.model} ({known})")
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        _mend(shelf)
        folder = shelf / f"{_PARTIAL}{secrets.token_hex(8)}"
        folder.mkdir()
        try:
            shutil.copyfile(verified_weights(source), folder / WEIGHTS)
            write_description(folder, description)
            export_in_another_process(folder, folder / ONNX)
            export_in_another_process(folder, folder / ONNX_INT8, "int8")
            for file in (*folder.iterdir(), folder):
                sync(file)
            check()
            return _swap(folder, shelf / description.model)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise CommandError(f"{shelf} cannot be written: {error.strerror or error}") from error


def _swap(folder: Path, destination: Path) -> Path:
    """Put a folder in the place of another one, which goes once the new one is there."""
    old = destination.with_name(_REPLACED + destination.name)
    shutil.rmtree(old, ignore_errors=True)
    if destination.exists():
        os.replace(destination, old)
    try:
        os.replace(folder, destination)
    except OSError:
        if old.exists():
            os.replace(old, destination)
        raise
    sync(destination.parent)
    shutil.rmtree(old, ignore_errors=True)
    return destination


def _mend(shelf: Path) -> None:
    """Put back what a kill between the two renames left aside; remove what it left half done."""
    for old in shelf.glob(f"{_REPLACED}*"):
        destination = old.with_name(old.name.removeprefix(_REPLACED))
        if not destination.exists():
            os.replace(old, destination)
    for left in (*shelf.glob(f"{_PARTIAL}*"), *shelf.glob(f"{_REPLACED}*")):
        shutil.rmtree(left, ignore_errors=True)


def _read_measured(text: str, run: str) -> dict[str, dict[str, Any]]:
    """Return, by set, the network's figures beside those of doing nothing; `UsageError`."""
    name, equals, file = text.partition("=") if "=" in text else ("", "", text)
    if not file or (equals and not name):
        raise UsageError(f"--measured takes [NAME=]FILE.json. Received: {text}")
    try:
        results = json.loads(Path(file).read_bytes())
        if any(run not in result["methods"] for result in results) or not results:
            raise UsageError(f"{file} does not hold the figures of {run}")
        if name and len(results) > 1:
            raise UsageError(f"{file} holds {len(results)} sets; give it without NAME=")
        return {name or result["set"]: _figures(result, run) for result in results}
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{file} is not what evaluate.py --json writes: {error}") from error


def _figures(result: Mapping[str, Any], run: str) -> dict[str, Any]:
    blurred, deblurred = (
        {figure: result["methods"][method][figure] for figure in FIGURES}
        for method in (BLURRED, run)
    )
    return {
        "pictures": len(result["labels"]),
        "blurred": _measured_ones(blurred),
        "deblurred": _measured_ones(deblurred),
    }


def _measured_ones(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return figures, also those in mappings of them, rounded, without what was not measured."""
    kept: dict[str, Any] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            kept[name] = _measured_ones(value)
        elif value is not None:
            kept[name] = round(value, 4)
    return {name: value for name, value in kept.items() if value != {}}


if __name__ == "__main__":
    sys.exit(main())
