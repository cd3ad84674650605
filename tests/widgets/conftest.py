"""A Chromium for the tests that look at widgets, and a page in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.widgets.bench import Bench, launch, serving


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def bench(chromium: Browser, address: str) -> Iterator[Bench]:
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    bench = Bench(context.new_page())
    bench.page.goto(f"{address}/page/index.html")
    bench.until("() => window.bench !== undefined")
    yield bench
    context.close()
    assert bench.errors == []
