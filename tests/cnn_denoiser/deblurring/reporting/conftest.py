"""The report, opened in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # optional: without it these tests are skipped
    from selenium.webdriver import Chrome


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a report; return its address."""
    from tests.helpers.report_page import write_page

    return write_page(tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    from tests.helpers.report_page import start_browser

    browser = start_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def browser(started: Chrome, page: str) -> Chrome:
    """Open the page afresh at a desktop's width."""
    from tests.helpers.report_page import resize

    resize(started, 1200, 900)
    started.get(page)
    return started
