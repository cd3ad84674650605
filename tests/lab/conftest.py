"""A browser and a server for each file of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.lab.jupyter import Lab, Server, chromium, write_notebook


# For a module, not the session: while it is there an event loop runs, and later tests may want their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("lab"))
    yield started
    started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


class Notebooks:
    """Opens notebooks of the server in pages of the browser."""

    def __init__(self, server: Server, page: Page) -> None:
        self.server = server
        self.page = page
        self.opened: list[Lab] = []

    def open(self, name: str, *cells: str) -> Lab:
        """Write a notebook, and open it with a kernel."""
        path = write_notebook(Path(self.server.folder) / f"{name}.ipynb", *cells)
        lab = Lab(self.page, self.server, path)
        self.opened.append(lab)
        return lab


@pytest.fixture
def notebooks(server: Server, page: Page) -> Iterator[Notebooks]:
    opens = Notebooks(server, page)
    yield opens
    for lab in opens.opened:
        lab.shut_down()
        assert lab.errors == []
