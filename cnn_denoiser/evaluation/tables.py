"""What was measured, as tables for the terminal or for Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tabulate import tabulate

from cnn_denoiser.evaluation.comparison import BLURRED, Comparison
from cnn_denoiser.evaluation.measurement import (
    READ,
    Measurement,
    Summary,
    summarise,
    summarise_changes,
)
from cnn_denoiser.evaluation.plate_colour import COLOURS
from plumbing.commands.notices import printable

HEADINGS = {
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "characters": "characters",
    "alphanumeric": "letters and digits",
    "plates": "plates",
    "read_by_all": "plates by all",
}
DECIMALS = {"psnr": 2, "ssim": 3}  # the others are percentages

PLAIN, MARKDOWN = "simple", "github"  # what tabulate calls them

LEGEND = """\
Characters: 1 - edit distance / known characters of the labels; letters and digits: the same without
Chinese characters; plates: those whose letters and digits are all known and all read right. With
several OCR engines these are means over the engines; by all: read right by every engine.
Harmed: letters and digits of the labels that an OCR engine reads right in the blurred picture, but
not in what the method made of it; misread: those of them in whose place it reads another one, while
for the rest it reads none. Rescued: those that it reads right there, but not in the blurred
picture. The cheapest alignment (edit distance) of reading and label tells what stands in a place.
Calibration error: how far the probabilities of a network's characters are from the share of them
that is right, on the mean (the expected calibration error of Guo et al. 2017, ten bins).
ms: of a single run here, on all cores."""


def describe(comparison: Comparison, style: str) -> str:
    """Return the heading and the tables of one set; what was not measured is left out."""
    pictures, engines = comparison.pictures, comparison.engines
    heading = printable(f"{pictures.description}: {len(pictures.names)} pictures")
    tables = [(_figures_title(engines), _figures(comparison, style))]
    if len(engines) > 1:
        tables += [(f"By {engine}", _figures(comparison, style, engine)) for engine in engines]
    tables.append(
        ("Read by the networks themselves, in the blurred pictures", _own(comparison, style))
    )
    for engine in engines:
        title = f"Harmed and rescued letters and digits, by {engine}"
        tables.append((title, _changes(comparison, style, engine)))
    tables.append((_colours_title(comparison), _colours(comparison, style)))
    parts = [f"### {heading}" if style == MARKDOWN else f"{heading}\n{'=' * len(heading)}"]
    for title, table in tables:
        if table is not None:
            parts += [f"{title}:", table] if title else [table]
    return "\n\n".join(parts)


def cost_table(
    comparisons: Sequence[Comparison], parameters: Mapping[str, int | None], style: str
) -> str:
    """Return what each method costs: its parameters, and milliseconds a picture over all sets."""
    totals: dict[str, float] = {}
    counts: dict[str, int] = {}
    for comparison in comparisons:
        for method, measurement in comparison.measurements.items():
            if measurement.milliseconds is not None:
                count = len(measurement.outputs)
                totals[method] = totals.get(method, 0) + measurement.milliseconds * count
                counts[method] = counts.get(method, 0) + count
    rows = [
        [method, f"{total / counts[method]:.1f}", _grouped(parameters.get(method))]
        for method, total in totals.items()
    ]
    return _table(["ms a picture", "parameters"], rows, style)


def _figures_title(engines: Sequence[str]) -> str:
    return f"Mean of {' and '.join(engines)}" if len(engines) > 1 else ""


def _figures(comparison: Comparison, style: str, engine: str | None = None) -> str | None:
    """Return a method a row: the figures by one OCR engine, or the means over all, PSNR, SSIM."""
    labels = comparison.pictures.labels
    rows = {
        method: _values(summarise(measurement, labels), engine)
        for method, measurement in comparison.measurements.items()
    }
    columns = [name for name in HEADINGS if any(row.get(name) is not None for row in rows.values())]
    if not columns:
        return None
    cells = [
        [method, *(_figure(name, row.get(name)) for name in columns)]
        for method, row in rows.items()
    ]
    return _table([HEADINGS[name] for name in columns], cells, style)


def _values(summary: Summary, engine: str | None) -> dict[str, float | None]:
    if engine is not None:
        return {name: getattr(summary.reading[engine], name) for name in READ}
    values = {"psnr": summary.psnr, "ssim": summary.ssim}
    values |= {name: summary.mean(name) for name in READ}
    if len(summary.reading) > 1:
        values["read_by_all"] = summary.read_by_all
    return values


def _own(comparison: Comparison, style: str) -> str | None:
    """Return a network a row: the figures of its own reading, and how far its doubt holds."""
    rows = []
    for method, measurement in comparison.measurements.items():
        score = summarise(measurement, comparison.pictures.labels).own_reading
        found = comparison.confidences(method)
        if score is None or found is None:
            continue
        sure = found.sure
        figures = [_figure(name, getattr(score, name)) for name in READ]
        error = "" if found.expected_error is None else f"{found.expected_error:.3f}"
        how_many = f"{sure.characters} of {len(found.right)}"
        shares = [f"{100 * share:.1f} %" if sure.characters else "" for share in sure[1:]]
        rows.append([method, *figures, error, how_many, *shares])
    headings = [
        *(HEADINGS[name] for name in READ),
        "calibration error",
        "at least 90 % sure",
        "said of these",
        "right of these",
    ]
    return _table(headings, rows, style) if rows else None


def _changes(comparison: Comparison, style: str, engine: str) -> str | None:
    before = comparison.measurements[BLURRED]
    rows = []
    headings: list[str] = []
    for method, measurement in comparison.measurements.items():
        changes = summarise_changes(before, measurement, comparison.pictures.labels).get(engine)
        if method == BLURRED or changes is None:
            continue
        headings = [
            f"harmed, of {changes.readable}",
            "of these misread",
            f"rescued, of {changes.unreadable}",
        ]
        harmed = _part(changes.harmed, changes.readable)
        rescued = _part(changes.rescued, changes.unreadable)
        rows.append([method, harmed, str(changes.misread), rescued])
    return _table(headings, rows, style) if rows else None


def _colours_title(comparison: Comparison) -> str:
    figure = HEADINGS[_figure_of_colours(comparison)]
    recognised, count = comparison.pictures.recognised, len(comparison.pictures.names)
    how_many = "" if recognised == count else f"{recognised} of them "
    note = f" (colours {how_many}recognised from the pictures)" if recognised else ""
    return f"{figure[0].upper()}{figure[1:]} by colour of plate{note}"


def _colours(comparison: Comparison, style: str) -> str | None:
    figure = _figure_of_colours(comparison)
    chosen = {colour: found for colour in COLOURS if (found := comparison.with_colour(colour))}

    def row(method: str, measurement: Measurement) -> list[str]:
        summaries = [summarise(measurement, comparison.pictures.labels, c) for c in chosen.values()]
        return [method, *(_figure(figure, _values(s, None)[figure]) for s in summaries)]

    rows = [row(method, measured) for method, measured in comparison.measurements.items()]
    if not any(cell for _, *cells in rows for cell in cells):
        return None
    return _table([f"{colour} ({len(c)})" for colour, c in chosen.items()], rows, style)


def _figure_of_colours(comparison: Comparison) -> str:
    return "alphanumeric" if comparison.engines else "psnr"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], style: str) -> str:
    """Return a table of a method a row."""
    return tabulate(
        [[printable(method), *cells] for method, *cells in rows],
        headers=["method", *headings],
        tablefmt=style,
        disable_numparse=True,
        colalign=["left", *("right" for _ in headings)],
    )


def _figure(name: str, value: float | None) -> str:
    if value is None or value == float("inf"):  # the PSNR of equal pictures
        return ""
    return f"{value:.{DECIMALS[name]}f}" if name in DECIMALS else f"{100 * value:.1f} %"


def _part(count: int, of: int) -> str:
    return f"{count} ({100 * count / of:.1f} %)" if of else f"{count}"


def _grouped(number: int | None) -> str:
    return "" if number is None else f"{number:,}"
