"""The page: what it shows, and that no name becomes markup."""

from __future__ import annotations

import base64
import os
import re
import string
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes

import cv2
import numpy as np
import pytest

from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.report import open_report
from plumbing.commands.errors import UsageError
from tests.helpers.written_reports import (
    DONE,
    FAILED,
    HOSTILE_NAMES,
    SKIPPED,
    SOURCE,
    Page,
    write,
)


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
    assert page.all("img", "alt") == ["before", "after"] * 2  # the second pair is for enlarging
    assert page.all("img", "loading") == ["lazy", "lazy"]


def test_the_page_tells_what_became_of_each_picture(tmp_path: Path) -> None:
    summary = {"seconds": 3725.0, "others": 2, "sources": [SOURCE], "device_name": "two cores"}
    page = Page(write(tmp_path / "r.html", [DONE, FAILED, SKIPPED], **summary))
    assert page.all("h1") == ["1 of 3 pictures deblurred"]
    assert [text for text in page.all("b")][:5] == ["1", "1", "1", "2", "1 h 2 min"]
    assert page.all("figcaption") == []
    assert {"京A 1.jpg", "torn.jpg", "old.jpg", "two cores"} <= set(page.all("bdi"))
    assert {"cannot be decoded", "exists already"} <= set(page.all("td"))
    assert page.all("dt") == ["Sources", "Device name"]
    assert "60x29 · 12\xa0ms · " in page.all("small")
    assert not page.stack


def test_the_page_tells_what_was_repaired_and_that_it_was_interrupted(tmp_path: Path) -> None:
    outcome = Outcome(SOURCE / "a.jpg", Path("a.jpg"), "done", "its end was missing")
    page = Page(write(tmp_path / "r.html", [outcome], interrupted=True, total=1200))
    assert page.all("em") == ["its end was missing"]
    assert page.all("h1") == ["1 of 1,200 pictures deblurred"]
    assert any("interrupted" in text for text in page.all("p"))
    assert not any(text == "Failed" for text in page.all("h2"))


def test_the_page_links_to_the_files(tmp_path: Path) -> None:
    names = ["京A 1.jpg", "a#b?c%20.jpg", "javascript:alert(1).jpg", "no text \udcff.jpg"]
    source, out = tmp_path / "day 1", tmp_path / "out"
    outcomes = [Outcome(source / name, out / name, "done") for name in names]
    outcomes.append(Outcome(source / "torn.jpg", None, "failed", "torn"))
    page = Page(write(tmp_path / "r.html", outcomes, sources=[source]))
    links = [link for link in page.all("a", "href") if link and not link.startswith("#")]
    assert [os.fsdecode(unquote_to_bytes(link)) for link in links if link.startswith("day")] == [
        "day 1/torn.jpg", *(f"day 1/{name}" for name in names)
    ]  # fmt: skip
    assert [os.fsdecode(unquote_to_bytes(link)) for link in links if link.startswith("out")] == [
        f"out/{name}" for name in names
    ]
    for link in links:
        assert set(link) <= set(string.ascii_letters + string.digits + "%/._-~")


def test_the_page_holds_what_evidence_needs(tmp_path: Path) -> None:
    date = "2026-01-02T03:04:05+01:00"
    summary = {
        "model": "unet", "weights_sha256": "c" * 64, "version": "1.2", "options": "--grey",
        "date": date, "warned": 1, "sources": [SOURCE, "more"],
    }  # fmt: skip
    page = Page(write(tmp_path / "r.html", [DONE, FAILED], **summary))
    shown = {*page.all("bdi"), *page.all("code"), *page.all("strong")}
    assert {"unet", "c" * 64, "1.2", "--grey", date} <= shown
    assert {"footage, more", "a" * 64, "b" * 64, "no plate; torn"} <= shown
    assert "京A 1.jpg" in shown
    assert ("figure", "data-warned", None) in page.attributes
    assert page.texts and "main" in page.tags


def test_of_a_picture_that_is_only_read_the_page_tells_no_result(tmp_path: Path) -> None:
    outcome = replace(DONE, output=None, output_sha256=None)
    page = Page(write(tmp_path / "r.html", [outcome]))
    assert page.all("code") == ["a" * 64]
    assert "result" not in " ".join(page.all("details"))  # type: ignore[arg-type]


def test_the_page_says_that_texts_are_found_where_there_are_some(tmp_path: Path) -> None:
    plain = Page(write(tmp_path / "plain.html", [FAILED]))
    assert plain.all("input", "placeholder") == ["name, reason, digest"]
    read = Page(write(tmp_path / "read.html", [FAILED], sure=0, doubtful=0, no_plate=0))
    assert read.all("input", "placeholder") == ["name, text, reason, digest"]


def test_a_report_without_pictures_is_a_page_too(tmp_path: Path) -> None:
    page = Page(write(tmp_path / "r.html", []))
    assert page.all("h1") == ["0 of 0 pictures deblurred"]
    assert not {"table", "section", "input"} & set(page.tags)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("status", ["done", "failed", "skipped"])
def test_no_name_becomes_markup(tmp_path: Path, name: str, status: str) -> None:
    plain = Page(write(tmp_path / "plain.html", [Outcome(SOURCE / "a.jpg", None, status)]))  # type: ignore[arg-type]
    outcome = Outcome(SOURCE / name, None, status, name)  # type: ignore[arg-type]
    page = Page(write(tmp_path / "r.html", [outcome], sources=[SOURCE]))
    elements = [(tag, key) for tag, key, _ in page.attributes]
    assert elements == [(tag, key) for tag, key, _ in plain.attributes]
    shown = {"\n": "\\n", "\udcff": "\\udcff", "\u202e": "\\u202e"}
    visible = "".join(shown.get(letter, letter) for letter in name)
    assert visible in page.all("bdi")
    if status == "done":
        assert visible in page.all("input", "aria-label")


def test_the_page_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    html = write(tmp_path / "r.html", [DONE, FAILED, SKIPPED])
    page = Page(html)
    for tag, key, value in page.attributes:
        if key in ("src", "href"):
            assert value is not None
            # Links to files are relative, and followed by a click alone.
            assert value.startswith(("data:", "#")) or (tag == "a" and ":" not in value)
    policy = next(value for value in page.all("meta", "content") if "default-src" in (value or ""))
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "url(" not in html
    assert "@import" not in html


def test_markup_is_a_few_hundred_bytes_a_picture_beside_its_images(tmp_path: Path) -> None:
    def page(count: int) -> str:
        outcomes = [
            Outcome(SOURCE / f"camera 1/{index:05d}.jpg", Path("x"), "done", "", 120, 40, 9)
            for index in range(count)
        ]
        return write(tmp_path / "r.html", outcomes, sources=[SOURCE])

    images = re.compile(r"base64,[^\"]*")
    markup = [len(images.sub("", page(count)).encode()) for count in (0, 200)]
    assert (markup[1] - markup[0]) / 200 < 700


def test_a_page_without_its_library_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(UsageError, match="jinja2"):
        open_report(tmp_path / "r.html")
    open_report(tmp_path / "r.csv").discard()
