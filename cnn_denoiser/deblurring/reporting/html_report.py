"""The report to look at: one page that needs nothing beside itself."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from cnn_denoiser.deblurring.reporting.reading_row import in_percent
from cnn_denoiser.deblurring.reporting.summary import FIGURES
from plumbing.commands.notices import printable
from plumbing.pictures.codec import encode_picture
from plumbing.pictures.frame import HEIGHT, WIDTH, resize

TEMPLATES = Path(__file__).parent / "templates"
# Of a thumbnail. WebP would be half as large but takes forty times as long to encode, which a run
# with a fast network would feel.
JPEG_QUALITY = 75
# Those of the summary's figures that have a place of their own on the page.
PLACED = {
    "total", "done", "skipped", "failed", "warned", "others", "seconds", "interrupted", "grouped",
    *FIGURES,
}  # fmt: skip

Rows = Callable[[], Iterator[dict[str, Any]]]


def thumbnail(picture: np.ndarray) -> str:
    """Encode a uint8 picture, grey or BGR, as a JPEG of 270x90 in base 64."""
    content = encode_picture(resize(picture, WIDTH, HEIGHT), ".jpg", JPEG_QUALITY)
    return base64.b64encode(content).decode("ascii")


def write_html(file: TextIO, summary: dict[str, Any], rows: Rows) -> None:
    """Write the page.

    Pictures that are done stand in it with `before` and `after`, which `thumbnail` has encoded.
    """
    # Imported here: the command starts without it where no page is asked for.
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        basename=_basename,
        count=_count,
        duration=_duration,
        figure=_figure,
        listed=_listed,
        percent=in_percent,
    )
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    folders = summary.get("sources", [])
    parts = environment.get_template("report.html.jinja").generate(
        summary=summary,
        details={key: value for key, value in summary.items() if value and key not in PLACED},
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        pictures=lambda status: (row for row in rows() if row["status"] == status),
        name=lambda row: printable(_relative(row["source"], folders)),
    )
    for part in parts:
        file.write(part)


def _hash(text: str) -> str:
    """Name a style or script for the page's Content-Security-Policy, which allows no other."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _relative(path: str, folders: Sequence[str]) -> str:
    """Write a path as it stands below one of the folders; a picture itself by its name."""
    for folder in folders:
        with contextlib.suppress(ValueError):
            relative = str(Path(path).relative_to(folder))
            return Path(path).name if relative == "." else relative
    return path


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _basename(path: str) -> str:
    return printable(Path(path).name)


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _figure(number: float) -> str:
    """Write a figure with three significant digits, as far as they stand behind the point."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
