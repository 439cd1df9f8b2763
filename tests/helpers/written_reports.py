"""Outcomes to report, names that try to break a report, and a reader of its page."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.report import open_report

SOURCE = Path("footage")
DONE = Outcome(
    source=SOURCE / "京A 1.jpg",
    output=Path("out/京A 1.jpg"),
    status="done",
    width=60,
    height=29,
    milliseconds=12.345678,
    warning="no plate; torn",
    source_sha256="a" * 64,
    output_sha256="b" * 64,
)
FAILED = Outcome(SOURCE / "torn.jpg", None, "failed", "cannot be decoded")
SKIPPED = Outcome(SOURCE / "old.jpg", Path("out/old.jpg"), "skipped", "exists already")
HOSTILE_NAMES = [
    "<script>alert(1)</script>.jpg",
    "\" onfocus='alert(1)' x=\".jpg",
    "&lt;b&gt;.jpg",
    "{{ 7 * 7 }}.jpg",
    "line\nbreak.jpg",
    "no text \udcff.jpg",
    "turned \u202egpj.exe.jpg",
    '-dash, comma; "quote".jpg',
    "-->]]><!--.jpg",
]


def picture(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(0, 256, shape, dtype=np.uint8)


def write(path: Path, outcomes: Iterable[Outcome], **summary: object) -> str:
    """Write a report with random pictures for what is done; return its text."""
    write_file(path, outcomes, **summary)
    return path.read_bytes().decode("utf-8")


def write_file(path: Path, outcomes: Iterable[Outcome], **summary: object) -> None:
    rng = np.random.default_rng(1)
    report = open_report(path)
    for outcome in outcomes:
        if outcome.status == "done":
            report.add(outcome, picture(rng, 29, 60, 3), picture(rng, 90, 270))
        else:
            report.add(outcome, None, None)
    report.close(summary)


class Page(HTMLParser):
    """What stands in a page: texts by element, and every attribute."""

    def __init__(self, html: str):
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, key, value) for key, value in attrs]
        if tag not in ("br", "meta", "link", "img", "input"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.stack[-1] if self.stack else "", data))

    def all(self, tag: str, attribute: str | None = None) -> list[str | None]:
        if attribute is None:
            return [text for within, text in self.texts if within == tag]
        return [
            value for within, key, value in self.attributes if (within, key) == (tag, attribute)
        ]
