"""Players without a browser; and a Chromium for the tests that look at widgets, with a page in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from bazaar_nb.widgets.player.widget import Player
from tests.lab.jupyter import chromium as start_chromium
from tests.widgets import counting
from tests.widgets.bench import Bench, serving
from tests.widgets.screen import WAIT_S, Screen


@pytest.fixture
def nobody_left() -> Iterator[None]:
    """Nothing is left of other tests; and in the end, when nobody looks any more, no thread."""
    counting.drawn.clear()
    counting.state.clear()
    yield
    deadline = time.monotonic() + WAIT_S
    while any(thread.name.startswith("bazaar-preview") for thread in threading.enumerate()):
        assert time.monotonic() < deadline, threading.enumerate()
        time.sleep(0.02)


@pytest.fixture
def screen(nobody_left: None) -> Iterator[Screen]:
    player = Player(counting.make_film(), scale=1.0)
    yield Screen(player)
    player.close()


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
