"""The report as people use it: in a browser, by mouse, touch and keyboard."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_denoiser.deblurring.reading import read
from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.report import open_report
from plates.slots import CLASSES, SLOTS, encode

pytest.importorskip("selenium")
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="needs Chromium and its driver: chromium, chromedriver"
)

SOURCE = Path("footage")
SCRIPT = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>.jpg"
NAMES = ["京A·12345.png", SCRIPT, "quotes \"' & more.jpg", *(f"{n:03d}.jpg" for n in range(37))]
HANDLE = 0.08  # half the width of the handle, as a share of the picture's


def start_browser(profile: Path, scripts: bool = True) -> Chrome:
    """Start the browser without a window, with nothing that asks the network on its own."""
    assert BROWSER and DRIVER
    options = ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
        "--headless",
        "--no-sandbox",  # it needs rights that containers lack, and refuses root
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",  # it is small in containers
        "--window-size=1200,900",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    if not scripts:
        key = "profile.managed_default_content_settings.javascript"
        options.add_experimental_option("prefs", {key: 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return Chrome(options=options, service=Service(DRIVER))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a report of white pictures that were deblurred to black ones; return its address."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    report = open_report(path)
    white, black = np.full((29, 60, 3), 255, np.uint8), np.zeros((90, 270), np.uint8)
    for name in NAMES:
        warning = "no plate crop" if name == "005.jpg" else ""
        outcome = Outcome(
            SOURCE / name, Path("out") / name, "done", "", 60 + len(name), 29, warning=warning
        )
        report.add(outcome, white, black)
    report.add(Outcome(SOURCE / f"torn {SCRIPT}", None, "failed", "cannot be decoded"), None, None)
    report.add(Outcome(SOURCE / "old.jpg", None, "skipped", "exists already"), None, None)
    report.close({"sources": [SOURCE], "seconds": 2.0, "model": "unet", "warned": 1})
    return path.as_uri()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    browser = start_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(started: Chrome, page: str) -> Chrome:
    """Open the page afresh at a desktop's width."""
    resize(started, 1200, 900)
    started.get(page)
    return started


def resize(browser: Chrome, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def slider(browser: Chrome, name: str) -> WebElement:
    """Find a picture's slider by the name that a screen reader says, and bring it into sight."""
    found: WebElement = browser.execute_script(
        """const all = Array.from(document.querySelectorAll("figure input[type=range]"));
        const [match] = all.filter((element) => element.ariaLabel === arguments[0]);
        match.scrollIntoView({block: "center"});
        return match;""",
        name,
    )
    assert found.accessible_name == name
    return found


def share_before(of: WebElement) -> float:
    """Measure, on the screen, how much of the picture shows before: the white of a row."""
    picture = of.find_element(By.XPATH, "..")
    shown = np.asarray(Image.open(io.BytesIO(picture.screenshot_as_png)).convert("L"))
    row = shown[shown.shape[0] // 5, 3:-3]  # above the handle's knob, without rounded corners
    return float((row > 200).mean())


def visible_names(browser: Chrome) -> list[str]:
    """List what can be seen, here or after scrolling."""
    names: list[str] = browser.execute_script(
        """const all = Array.from(document.querySelectorAll("figcaption bdi, td bdi"));
        return all.filter((name) => name.checkVisibility()).map((name) => name.textContent);"""
    )
    return names


def find(browser: Chrome, text: str) -> None:
    box = browser.find_element(By.ID, "find")
    box.clear()
    box.send_keys(text)


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


def figure_names(browser: Chrome) -> list[str]:
    return [name for name in visible_names(browser) if name in NAMES]


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
