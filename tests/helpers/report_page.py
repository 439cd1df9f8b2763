"""A report in a browser: the page that the tests open, and what they do there."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.report import open_report

pytest.importorskip("selenium")
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="needs Chromium and its driver: chromium, chromedriver"
)

SOURCE = Path("footage")
SCRIPT = "<img src=x onerror=document.title='taken'><script>document.title='taken'</script>.jpg"
NAMES = ["京A·12345.png", SCRIPT, "quotes \"' & more.jpg", *(f"{n:03d}.jpg" for n in range(37))]


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


def write_page(path: Path) -> str:
    """Write a report of white pictures that were deblurred to black ones; return its address."""
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
