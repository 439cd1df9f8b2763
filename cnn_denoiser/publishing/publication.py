"""The publication of a network: a folder of it is made, checked, and put among the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
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
from cnn_denoiser.publishing.folder_swap import make_new, repair, swap
from plumbing.commands.errors import CommandError
from plumbing.files.atomic import sync


def publish(
    run: Path,
    measured: Mapping[str, Any],
    published: Path,
    check: Callable[[], None] = lambda: None,
) -> Path:
    """Put the newest weights of a run among the published networks; return their folder there.

    measured:  as in `ModelDescription`.
    published: the folder of all published networks, each in a folder of its name.
    check:     is called before anything is replaced, and raises to stop.

    The ONNX files are written and compared with the weights before. Raises `CheckpointError`, and
    `CommandError` where something cannot be written; what was published then stays.
    """
    source = find_model_folder(run)
    description = replace(read_description(source), measured=dict(measured))
    if description.model not in list_models():
        known = ", ".join(list_models())
        raise CheckpointError(f"{source} is of no known network: {description.model} ({known})")
    try:
        published.mkdir(parents=True, exist_ok=True)
        repair(published)
        folder = make_new(published)
        try:
            shutil.copyfile(verified_weights(source), folder / WEIGHTS)
            write_description(folder, description)
            export_in_another_process(folder, folder / ONNX)
            export_in_another_process(folder, folder / ONNX_INT8, "int8")
            for file in (*folder.iterdir(), folder):
                sync(file)
            check()
            return swap(folder, published / description.model)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise CommandError(f"{published} cannot be written: {error.strerror or error}") from error
