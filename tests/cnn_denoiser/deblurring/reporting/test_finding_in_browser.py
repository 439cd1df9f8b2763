"""How pictures are found, filtered and sorted in the report, in a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.deblurring.reading import read
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.report import open_report
from plates.slots import CLASSES, SLOTS, encode

pytest.importorskip("selenium")
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.helpers.report_page import NAMES, SCRIPT, SOURCE, find, needs_browser, visible_names

pytestmark = needs_browser


def figure_names(browser: Chrome) -> list[str]:
    return [name for name in visible_names(browser) if name in NAMES]


def test_pictures_are_found_by_name_and_reason(browser: Chrome) -> None:
    assert len(visible_names(browser)) == len(NAMES) + 1  # the skipped are behind a lid
    find(browser, "京a")
    assert visible_names(browser) == ["京A·12345.png"]
    assert browser.find_element(By.ID, "found").text == f"1 of {len(NAMES) + 2} found"
    find(browser, "decoded")
    assert visible_names(browser) == [f"torn {SCRIPT}"]
    find(browser, "exists already")
    assert visible_names(browser) == ["old.jpg"]
    find(browser, "nowhere" + Keys.ENTER)
    assert visible_names(browser) == []
    find(browser, " " + Keys.BACKSPACE)
    assert len(visible_names(browser)) == len(NAMES) + 1


def test_pictures_with_a_warning_can_be_shown_alone(browser: Chrome) -> None:
    browser.find_element(By.ID, "warned").click()
    assert visible_names(browser) == ["005.jpg"]
    assert browser.find_element(By.TAG_NAME, "strong").text == "no plate crop"
    headings = [heading.text for heading in browser.find_elements(By.TAG_NAME, "h2")]
    assert [text for text in headings if text] == ["Deblurred"]  # no empty tables
    browser.find_element(By.ID, "warned").click()
    assert len(visible_names(browser)) == len(NAMES) + 1


def test_pictures_are_sorted(browser: Chrome) -> None:
    select = Select(browser.find_element(By.ID, "sort"))
    for key, first in (("warned", "005.jpg"), ("pixels", "000.jpg"), ("index", NAMES[0])):
        select.select_by_value(key)
        assert figure_names(browser)[0] == first
    select.select_by_value("name")
    numbered = [name for name in figure_names(browser) if name[:3].isdecimal()]
    assert numbered == sorted(numbered) and figure_names(browser)[-1] == NAMES[0]


def test_doubtful_plates_are_found_and_sorted(started: Chrome, tmp_path: Path) -> None:
    report = open_report(tmp_path / "report.html")
    white = np.full((90, 270), 255, np.uint8)
    for name, certainty in (("sure", 12.0), ("street", 2.0), ("doubtful", 6.0)):
        logits = np.zeros((1, SLOTS, CLASSES), np.float32)
        logits[0, range(SLOTS), encode("京A12345")] = certainty
        source = SOURCE / f"{name}.jpg"
        outcome = Outcome(source, source, "done", reading=read(logits)[0])
        report.add(outcome, white, white)
    report.close({"sources": [SOURCE], "sure": 1, "doubtful": 1, "no_plate": 1})
    started.get((tmp_path / "report.html").as_uri())

    def shown() -> list[str]:
        figures = started.find_elements(By.CSS_SELECTOR, "figure")
        return [
            figure.find_element(By.TAG_NAME, "bdi").text
            for figure in figures
            if figure.is_displayed()
        ]

    Select(started.find_element(By.ID, "sort")).select_by_value("probability")
    assert shown() == ["street.jpg", "doubtful.jpg", "sure.jpg"]
    started.find_element(By.ID, "doubtful").click()
    assert shown() == ["doubtful.jpg"]
    assert started.find_element(By.ID, "found").text == "1 of 3 found"
    started.find_element(By.ID, "doubtful").click()
    started.find_element(By.ID, "find").send_keys("a12345")
    assert shown() == ["doubtful.jpg", "sure.jpg"]
