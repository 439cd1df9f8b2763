"""The page of the report in a browser: names, enlarging, what it asks for, narrow screens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("selenium")
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.helpers.report_page import (
    NAMES,
    SCRIPT,
    find,
    needs_browser,
    resize,
    slider,
    start_browser,
    visible_names,
)

pytestmark = needs_browser


def test_a_click_enlarges_a_picture(browser: Chrome) -> None:
    dialog = browser.find_element(By.TAG_NAME, "dialog")
    assert not dialog.is_displayed()
    picture = slider(browser, "005.jpg").find_element(By.XPATH, "../..")
    picture.find_element(By.TAG_NAME, "button").click()
    assert dialog.is_displayed()
    before, after = dialog.find_elements(By.TAG_NAME, "img")
    assert before.size["width"] > 3 * 270 and after.location["y"] > before.location["y"]
    assert dialog.find_element(By.TAG_NAME, "bdi").text == "005.jpg"
    dialog.find_element(By.TAG_NAME, "button").click()
    assert not dialog.is_displayed()
    picture.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert dialog.is_displayed()
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    assert not dialog.is_displayed()


def test_names_are_shown_and_not_obeyed(browser: Chrome) -> None:
    slider(browser, SCRIPT)
    assert SCRIPT in visible_names(browser)
    assert browser.title == f"{len(NAMES)} of {len(NAMES) + 2} pictures deblurred"


def test_it_asks_for_nothing_and_complains_of_nothing(browser: Chrome, page: str) -> None:
    for kind in ("browser", "performance"):
        browser.get_log(kind)  # what other tests left
    browser.get(page)
    find(browser, "00")
    slider(browser, "000.jpg").send_keys(Keys.HOME)
    browser.execute_script("scrollTo(0, document.body.scrollHeight)")
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert {address for address in asked if not address.startswith("data:")} == {page}


@pytest.mark.parametrize("width", [320, 360, 1200])
def test_nothing_lies_beside_the_screen(browser: Chrome, width: int) -> None:
    resize(browser, width, 740)
    assert browser.execute_script("return innerWidth") == width
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    picture = browser.find_element(By.CSS_SELECTOR, "figure img")
    assert picture.size["width"] == pytest.approx(3 * picture.size["height"], abs=3)


def test_without_scripts_before_and_after_stand_side_by_side(tmp_path: Path, page: str) -> None:
    browser = start_browser(tmp_path / "profile", scripts=False)
    try:
        browser.get(page)
        first, second = browser.find_elements(By.CSS_SELECTOR, "figure:first-child img")
        assert first.rect["x"] + first.rect["width"] <= second.rect["x"]
        assert first.rect["y"] == second.rect["y"]
        assert f"torn {SCRIPT}" in visible_names(browser)
        assert not browser.find_element(By.ID, "find").is_displayed()
    finally:
        browser.quit()
