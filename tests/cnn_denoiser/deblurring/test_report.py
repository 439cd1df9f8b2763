"""Reports: a page to look at, tables for other programs."""

from __future__ import annotations

import base64
import csv
import json
import re
import resource
import sys
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import repeat
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_denoiser.deblurring.outcome import Outcome
from cnn_denoiser.deblurring.report import open_report

SOURCE = Path("footage")
DONE = Outcome(
    source=SOURCE / "京A 1.jpg",
    output=Path("out/京A 1.jpg"),
    status="done",
    width=60,
    height=29,
    milliseconds=12.345678,
    sharpness_before=3.14159,
    sharpness_after=99.0,
)
FAILED = Outcome(SOURCE / "torn.jpg", None, "failed", "cannot be decoded")
SKIPPED = Outcome(SOURCE / "old.jpg", Path("out/old.jpg"), "skipped", "exists already")
FORMATS = ["html", "json", "csv"]
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
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, key, value) for key, value in attrs]
        if tag not in ("meta", "link", "img", "input"):
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


def test_json_holds_the_summary_and_a_row_for_each_picture(tmp_path: Path) -> None:
    text = write(tmp_path / "r.json", [DONE, FAILED, SKIPPED], seconds=2.5, model="unet")
    report = json.loads(text)
    assert report["summary"] == {
        "total": 3, "done": 1, "skipped": 1, "failed": 1, "seconds": 2.5, "model": "unet"
    }  # fmt: skip
    assert [row["status"] for row in report["pictures"]] == ["done", "failed", "skipped"]
    assert report["pictures"][0] == {
        "source": str(DONE.source),
        "output": str(DONE.output),
        "status": "done",
        "reason": "",
        "width": 60,
        "height": 29,
        "milliseconds": 12.35,
        "sharpness_before": 3.142,
        "sharpness_after": 99.0,
    }
    assert report["pictures"][1]["output"] is None
    assert report["pictures"][1]["reason"] == "cannot be decoded"


def test_csv_holds_a_row_for_each_picture(tmp_path: Path) -> None:
    write(tmp_path / "r.csv", [DONE, FAILED, SKIPPED], seconds=2.5)
    with open(tmp_path / "r.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["source", "output", "status", "reason", "width", "height", "milliseconds",
         "sharpness_before", "sharpness_after"],
        [str(DONE.source), str(DONE.output), "done", "", "60", "29", "12.35", "3.142", "99.0"],
        [str(FAILED.source), "", "failed", "cannot be decoded", "", "", "", "", ""],
        [str(SKIPPED.source), str(SKIPPED.output), "skipped", "exists already", "", "", "", "", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("beginning", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_a_spreadsheet_takes_no_name_for_a_formula(tmp_path: Path, beginning: str) -> None:
    name = Path(f"{beginning}.jpg")
    write(tmp_path / "r.csv", [Outcome(name, name, "failed", beginning)])
    with open(tmp_path / "r.csv", encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["source"][0] == row["output"][0] == "."
    assert Path(row["source"]) == Path(row["output"]) == name
    assert row["reason"] == f"'{beginning}"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_tables_keep_names_as_they_are(tmp_path: Path, name: str) -> None:
    outcome = Outcome(SOURCE / name, None, "failed", "torn")
    kept = str(SOURCE / name.replace("\udcff", "\\udcff"))
    assert json.loads(write(tmp_path / "r.json", [outcome]))["pictures"][0]["source"] == kept
    write(tmp_path / "r.csv", [outcome])
    with open(tmp_path / "r.csv", encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["source"] == kept


def test_the_page_shows_before_and_after_at_270x90(tmp_path: Path) -> None:
    report = open_report(tmp_path / "r.html")
    before = np.full((1000, 2000, 3), (250, 10, 10), np.uint8)
    report.add(DONE, before, np.full((29, 60), 77, np.uint8))
    report.close({})
    page = Page((tmp_path / "r.html").read_text(encoding="utf-8"))
    shown = []
    for address in page.all("img", "src"):
        assert address is not None
        data = base64.b64decode(address.removeprefix("data:image/jpeg;base64,"))
        shown.append(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
    assert [image.shape for image in shown] == [(90, 270, 3), (90, 270)]
    assert np.abs(shown[0].astype(int) - (250, 10, 10)).max() < 8
    assert np.abs(shown[1].astype(int) - 77).max() < 8
    assert page.all("img", "alt") == ["before", "after"]
    assert page.all("img", "loading") == ["lazy", "lazy"]


def test_the_page_tells_what_became_of_each_picture(tmp_path: Path) -> None:
    summary = {"seconds": 3725.0, "others": 2, "source": SOURCE, "device_name": "two cores"}
    page = Page(write(tmp_path / "r.html", [DONE, FAILED, SKIPPED], **summary))
    assert page.all("h1") == ["1 of 3 pictures deblurred"]
    assert [text for text in page.all("b")][:5] == ["1", "1", "1", "2", "1 h 2 min"]
    assert page.all("figcaption") == []
    assert {"京A 1.jpg", "torn.jpg", "old.jpg", "two cores"} <= set(page.all("bdi"))
    assert {"cannot be decoded", "exists already"} <= set(page.all("td"))
    assert page.all("dt") == ["Source", "Device name"]
    assert "60x29 · 12\xa0ms · sharpness\xa03.14\xa0→\xa099" in page.all("small")
    assert not page.stack


def test_the_page_tells_what_was_repaired_and_that_it_was_interrupted(tmp_path: Path) -> None:
    outcome = Outcome(SOURCE / "a.jpg", Path("a.jpg"), "done", "its end was missing")
    page = Page(write(tmp_path / "r.html", [outcome], interrupted=True, total=1200))
    assert page.all("em") == ["its end was missing"]
    assert page.all("h1") == ["1 of 1,200 pictures deblurred"]
    assert any("interrupted" in text for text in page.all("p"))
    assert not any(text == "Failed" for text in page.all("h2"))


def test_a_report_without_pictures_is_a_page_too(tmp_path: Path) -> None:
    page = Page(write(tmp_path / "r.html", []))
    assert page.all("h1") == ["0 of 0 pictures deblurred"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("status", ["done", "failed", "skipped"])
def test_no_name_becomes_markup(tmp_path: Path, name: str, status: str) -> None:
    plain = Page(write(tmp_path / "plain.html", [Outcome(SOURCE / "a.jpg", None, status)]))  # type: ignore[arg-type]
    outcome = Outcome(SOURCE / name, None, status, name)  # type: ignore[arg-type]
    page = Page(write(tmp_path / "r.html", [outcome], source=SOURCE))
    elements = [(tag, key) for tag, key, _ in page.attributes]
    assert elements == [(tag, key) for tag, key, _ in plain.attributes]
    shown = {"\n": "\\n", "\udcff": "\\udcff", "\u202e": "\\u202e"}
    visible = "".join(shown.get(letter, letter) for letter in name)
    assert visible in page.all("bdi")
    if status == "done":
        assert visible in page.all("input", "aria-label")


NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=40)


@settings(max_examples=10)
@given(st.lists(NAMES, min_size=10, max_size=30))
def test_any_name_can_be_reported(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    outcomes = [Outcome(SOURCE / name, None, "failed", name) for name in names]
    page, table = (write(folder / name, outcomes, source=SOURCE) for name in ("r.html", "r.json"))
    assert Page(page).stack == []
    assert len(json.loads(table)["pictures"]) == len(names)
    write(folder / "r.csv", outcomes)
    with open(folder / "r.csv", encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(names)


def test_the_page_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    html = write(tmp_path / "r.html", [DONE, FAILED, SKIPPED])
    page = Page(html)
    for tag, key, value in page.attributes:
        if key in ("src", "href"):
            assert value is not None
            assert value.startswith(("data:", "#")), (tag, key, value)
    policy = next(value for value in page.all("meta", "content") if "default-src" in (value or ""))
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "url(" not in html
    assert "@import" not in html


def test_markup_is_a_few_hundred_bytes_a_picture_beside_its_images(tmp_path: Path) -> None:
    def page(count: int) -> str:
        outcomes = [
            Outcome(
                SOURCE / f"camera 1/{index:05d}.jpg", Path("x"), "done", "", 120, 40, 9, 1.2, 7.9
            )
            for index in range(count)
        ]
        return write(tmp_path / "r.html", outcomes, source=SOURCE)

    images = re.compile(r"base64,[^\"]*")
    markup = [len(images.sub("", page(count)).encode()) for count in (0, 200)]
    assert (markup[1] - markup[0]) / 200 < 400


@pytest.mark.parametrize("suffix", FORMATS)
def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path: Path, suffix: str) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            write_file(tmp_path / f"r.{suffix}", repeat(DONE, count))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # loads what is loaded once
    assert peak(300) < peak(30) + 200_000  # 270 rows, if kept, would take more


@pytest.mark.parametrize("suffix", FORMATS)
def test_nothing_stands_under_the_name_before_the_end(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"r.{suffix}"
    report = open_report(path)
    report.add(DONE, np.zeros((29, 60, 3), np.uint8), np.zeros((90, 270), np.uint8))
    assert list(tmp_path.iterdir()) == []
    report.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_report_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"r.{suffix}"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    report = open_report(path)
    report.add(FAILED, None, None)
    with pytest.raises(OSError, match="No space left"):
        report.close({})
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "old"


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 100 bytes, that of the tests' own output included."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with full_disk():
        report = open_report(tmp_path / "r.json")
        with pytest.raises(OSError, match="File too large"):
            for _ in range(1000):
                report.add(FAILED, None, None)
        report.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_report_can_be_dropped_on_a_full_disk(tmp_path: Path) -> None:
    with full_disk():
        report = open_report(tmp_path / "r.json")
        report.add(FAILED, None, None)  # waits for more, to be written at once
        report.discard()


def test_a_full_disk_at_the_end_is_told(tmp_path: Path) -> None:
    with full_disk():
        report = open_report(tmp_path / "r.json")
        report.add(FAILED, None, None)
        with pytest.raises(OSError, match="File too large"):
            report.close({})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["r.txt", "r", "r.html.gz", "json"])
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in one of \.html, \.htm, \.json, \.csv"):
        open_report(tmp_path / name)


def test_a_page_without_its_library_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ValueError, match="jinja2"):
        open_report(tmp_path / "r.html")
    open_report(tmp_path / "r.csv").discard()


def test_a_place_that_cannot_hold_it_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be written: No such file"):
        open_report(tmp_path / "missing" / "r.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(ValueError, match="is a folder"):
        open_report(tmp_path / "folder.html")


def test_figures_that_are_no_numbers_are_left_out(tmp_path: Path) -> None:
    outcome = Outcome(SOURCE / "a.jpg", None, "done", "", 1, 1, 1.0, float("nan"), float("inf"))
    (row,) = json.loads(write(tmp_path / "r.json", [outcome]))["pictures"]
    assert (row["sharpness_before"], row["sharpness_after"]) == (None, None)
    assert "sharpness" not in "".join(Page(write(tmp_path / "r.HTM", [outcome])).all("small"))
