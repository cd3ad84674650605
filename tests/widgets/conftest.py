"""A Chromium for the tests that look at widgets, and a page in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.lab.jupyter import chromium as start_chromium
from tests.widgets.bench import Bench, serving


# For a module, not the session: while it is there an event loop runs, and later tests may want their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


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
