"""The figures that are published with a network, from what `evaluate.py --json` has written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plumbing.commands.errors import UsageError

FIGURES = ("psnr", "ssim", "reading")
BLURRED = "blurred"  # as evaluation calls the method that does nothing


def read_measured(text: str, run: str) -> dict[str, dict[str, Any]]:
    """Return, by set of pictures, a network's figures beside those of doing nothing.

    text: [NAME=]FILE.json; NAME is what the one set in the file is called.
    run:  what the network is called in the file.

    Raises `UsageError`.
    """
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
