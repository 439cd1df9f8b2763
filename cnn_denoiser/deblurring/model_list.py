"""The shipped networks and what was measured of them, as a table for people."""

from __future__ import annotations

import contextlib
from typing import Any

from cnn_denoiser.model_files.description import ModelDescription
from cnn_denoiser.model_files.model_folder import CheckpointError, read_description
from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_model_folder, shipped_models

# As the evaluation names its figures: heading, format. The last three are means over OCR engines.
FIGURES = {
    "psnr": ("PSNR", "{:.2f} dB"),
    "ssim": ("SSIM", "{:.3f}"),
    "characters": ("characters", "{:.1%}"),
    "alphanumeric": ("letters, digits", "{:.1%}"),
    "plates": ("plates read", "{:.1%}"),
}
NO_ENGINES = ("mean", "all", "network")  # stand beside the engines in what was measured
ABOUT = {
    "moussaka": "the network of 2017, for comparison and history",
    "unet": "the one to use",
}
REAL = "real"  # in the name of a set of pictures
NOT_MEASURED = "-"
GAP = "  "


def list_models() -> str:
    """Describe each shipped network: name, parameters, and its figures on each set of pictures.

    Raises CheckpointError where a description is damaged.
    """
    return "\n\n".join(_describe(name) for name in shipped_models())


def list_briefly() -> str:
    """Describe each shipped network on a line, with the share of real plates that it makes legible.

    A damaged description is passed over: this is for the help.
    """
    lines = ["shipped networks (--list-models has all figures):"]
    for name in sorted(shipped_models(), key=lambda name: (name != DEFAULT_MODEL, name)):
        line = f"  {name:<10} {ABOUT.get(name, '')}".rstrip()
        with contextlib.suppress(CheckpointError):
            share = _share_of_real_plates(read_description(shipped_model_folder(name)))
            if share is not None:
                line += f"; OCR reads {share:.0%} of the letters and digits of real plates"
        lines.append(line)
    return "\n".join(lines)


def _describe(name: str) -> str:
    description = read_description(shipped_model_folder(name))
    default = " (default)" if name == DEFAULT_MODEL else ""
    lines = [f"{name}{default}, {description.parameters:,} parameters"]
    if name in ABOUT:
        lines.append(GAP + ABOUT[name])
    rows = [["", *(heading for heading, _ in FIGURES.values()), "mean of"]]
    for pictures, measured in description.measured.items():
        rows.append([pictures, *_cells(measured["deblurred"]), _engines(measured["deblurred"])])
        if own := measured["deblurred"].get("reading", {}).get("network"):
            rows.append(["  read by the network itself", *_cells(own), ""])
        rows.append(["  blurred, for comparison", *_cells(measured["blurred"]), ""])
    if len(rows) > 1:
        lines += _table(rows)
    return "\n".join(lines)


def _share_of_real_plates(description: ModelDescription) -> float | None:
    for pictures, measured in description.measured.items():
        if REAL in pictures.split():
            return _figures(measured["deblurred"]).get("alphanumeric")
    return None


def _engines(measured: dict[str, Any]) -> str:
    """Return which OCR engines the figures are means over."""
    return ", ".join(name for name in measured.get("reading", {}) if name not in NO_ENGINES)


def _figures(measured: dict[str, Any]) -> dict[str, Any]:
    return {**measured, **measured.get("reading", {}).get("mean", {})}


def _cells(measured: dict[str, Any]) -> list[str]:
    figures = _figures(measured)
    return [
        form.format(figures[key]) if figures.get(key) is not None else NOT_MEASURED
        for key, (_, form) in FIGURES.items()
    ]


def _table(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        GAP
        + GAP.join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
