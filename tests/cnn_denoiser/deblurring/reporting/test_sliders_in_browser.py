"""The sliders of the report: before and after, by mouse, touch and keyboard."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("selenium")
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.helpers.report_page import NAMES, needs_browser, resize, slider

pytestmark = needs_browser
HANDLE = 0.08  # half the width of the handle, as a share of the picture's


def share_before(of: WebElement) -> float:
    """Measure, on the screen, how much of the picture shows before: the white of a row."""
    picture = of.find_element(By.XPATH, "..")
    shown = np.asarray(Image.open(io.BytesIO(picture.screenshot_as_png)).convert("L"))
    row = shown[shown.shape[0] // 5, 3:-3]  # above the handle's knob, without rounded corners
    return float((row > 200).mean())


def test_before_and_after_share_the_picture_at_first(browser: Chrome) -> None:
    assert share_before(slider(browser, "000.jpg")) == pytest.approx(0.5, abs=HANDLE)


@pytest.mark.parametrize("way", [-0.4, 0.3])
def test_the_mouse_drags_the_slider(browser: Chrome, way: float) -> None:
    dragged, other = slider(browser, "000.jpg"), slider(browser, "001.jpg")
    width = dragged.find_element(By.XPATH, "..").size["width"]
    actions = ActionChains(browser).move_to_element(dragged).click_and_hold()
    actions.move_by_offset(round(way * width / 2), 0).move_by_offset(round(way * width / 2), 5)
    actions.release().perform()
    assert share_before(dragged) == pytest.approx(0.5 + way, abs=HANDLE)
    assert share_before(other) == pytest.approx(0.5, abs=HANDLE)


def test_a_click_moves_the_slider_there(browser: Chrome) -> None:
    clicked = slider(browser, "000.jpg")
    width = clicked.find_element(By.XPATH, "..").size["width"]
    ActionChains(browser).move_to_element_with_offset(
        clicked, round(0.35 * width), 9
    ).click().perform()
    assert share_before(clicked) == pytest.approx(0.85, abs=HANDLE)


def test_a_finger_drags_the_slider(browser: Chrome) -> None:
    resize(browser, 360, 740)
    dragged = slider(browser, "000.jpg")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", dragged)
    box = browser.execute_script(
        "return arguments[0].parentElement.getBoundingClientRect()", dragged
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": across, "y": down} for across, down in points]
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    touch("touchStart", (x, y))
    for step in range(1, 11):
        touch("touchMove", (x - 0.03 * step * box["width"], y))
    touch("touchEnd")
    assert share_before(dragged) == pytest.approx(0.2, abs=HANDLE)


def test_the_keyboard_reaches_and_moves_the_slider(browser: Chrome) -> None:
    first = slider(browser, NAMES[0])
    browser.find_element(By.ID, "all").send_keys(Keys.TAB)
    reached = browser.switch_to.active_element
    while reached.tag_name != "input":  # links, the lid of what was skipped
        reached.send_keys(Keys.TAB)
        reached = browser.switch_to.active_element
    assert reached == first
    outline = first.find_element(By.XPATH, "..").value_of_css_property("outline-style")
    assert outline == "solid", "the focus cannot be seen"
    for _ in range(20):
        first.send_keys(Keys.ARROW_LEFT)
    assert share_before(first) == pytest.approx(0.3, abs=HANDLE)
    first.send_keys(Keys.HOME)
    assert share_before(first) < HANDLE
    first.send_keys(Keys.END)
    assert share_before(first) > 1 - HANDLE


def test_one_slider_moves_all(browser: Chrome) -> None:
    slider(browser, "000.jpg").send_keys(Keys.HOME)
    browser.find_element(By.ID, "all").send_keys(Keys.END)
    for name in ("000.jpg", "036.jpg"):
        assert share_before(slider(browser, name)) > 1 - HANDLE
    slider(browser, "000.jpg").send_keys(Keys.HOME)
    assert share_before(slider(browser, "000.jpg")) < HANDLE
    assert share_before(slider(browser, "001.jpg")) > 1 - HANDLE
