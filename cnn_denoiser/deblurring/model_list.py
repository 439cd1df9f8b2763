"""The shipped networks and what was measured of them, as a table for people."""

from __future__ import annotations

from typing import Any

from cnn_denoiser.model_files.model_folder import read_description
from cnn_denoiser.model_files.shipped import DEFAULT_MODEL, shipped_model_folder, shipped_models

# As the evaluation names its figures: heading, format.
FIGURES = {
    "psnr": ("PSNR", "{:.2f} dB"),
    "ssim": ("SSIM", "{:.3f}"),
    "characters": ("characters", "{:.1%}"),
    "alphanumeric": ("letters, digits", "{:.1%}"),
    "plates": ("plates read", "{:.1%}"),
}
NOT_MEASURED = "-"
GAP = "  "


def list_models() -> str:
    """Describe each shipped network: name, parameters, and its figures on each set of pictures.

    Raises CheckpointError where a description is damaged.
    """
    return "\n\n".join(_describe(name) for name in shipped_models())


def _describe(name: str) -> str:
    description = read_description(shipped_model_folder(name))
    default = " (default)" if name == DEFAULT_MODEL else ""
    lines = [f"{name}{default}, {description.parameters:,} parameters"]
    rows = [["", *(heading for heading, _ in FIGURES.values())]]
    for pictures, measured in description.measured.items():
        rows.append([pictures, *_cells(measured["deblurred"])])
        rows.append(["  blurred, for comparison", *_cells(measured["blurred"])])
    if len(rows) > 1:
        lines += _table(rows)
    return "\n".join(lines)


def _cells(figures: dict[str, Any]) -> list[str]:
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
