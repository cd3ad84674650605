"""A real JupyterLab with a real Chromium before it."""

from __future__ import annotations

import functools
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
START_S = 300.0
WAIT_MS = 180_000
# What anywidget says of a module that takes over two seconds. Our widgets go on all the same.
MODULE_IS_LATE = "[anywidget] Failed to initialize model."


def browser_path() -> str:
    """Give the Chromium that this machine has."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found is not None, "these tests need Chromium: apt-get install chromium"
    return found


@functools.cache
def driver_problem() -> str:
    """Say why what drives the browser doesn't start, in its own words; nothing if it does."""
    command = [sys.executable, "-m", "playwright", "--version"]
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode == 0:
        return ""
    return f"the browser's driver doesn't start (sh tests/system-packages.sh test): {ran.stdout.strip()}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser."""
    # Asked before: Playwright's own error then says nothing of a library that is missing.
    assert not driver_problem(), driver_problem()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS, timeout=WAIT_MS)
        try:
            yield browser
        finally:
            browser.close()


class Server:
    """A Jupyter server in a folder of its own.

    Parameters
    ----------
    app : str
        ``lab``, ``notebook`` or another of Jupyter's subcommands.
    """

    def __init__(self, folder: Path, app: str = "lab") -> None:
        self.folder = folder
        self.token = secrets.token_hex(8)
        home = folder / ".home"
        home.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "HOME": str(home),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "IPYTHONDIR": str(home / "ipython"),
            "BAZAAR_ROOT": str(folder / "bazaar"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        settings = home / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(
            json.dumps({"fetchNews": "false", "checkForUpdates": False})
        )
        self.log = (home / "server.log").open("w")
        self._start(app, environment)

    def _start(self, app: str, environment: dict[str, str], tries: int = 5) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter", app, "--no-browser", "--allow-root"),
                *(f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"),
                f"--IdentityProvider.token={self.token}",
                "--LabApp.expose_app_in_browser=True",
                f"--ServerApp.root_dir={self.folder}",
            ],
            cwd=self.folder,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        if not self._is_up():
            assert tries > 1, (self.folder / ".home" / "server.log").read_text()
            self._start(app, environment, tries - 1)

    def _is_up(self) -> bool:
        """Wait until it answers, or has ended: as it does where somebody has taken its port meanwhile."""
        until = time.monotonic() + START_S
        while self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/api/status?token={self.token}", timeout=10).close()
            except OSError:
                assert time.monotonic() < until, (self.folder / ".home" / "server.log").read_text()
                time.sleep(0.2)
            else:
                return True
        return False

    def close(self) -> None:
        """End the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(180)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.log.close()


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook of code cells."""
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, source in enumerate(cells)
        ],
    }
    path.write_text(json.dumps(document))
    return path


_OPEN = """
async path => {
    const { shell, commands } = jupyterapp;
    const opened = await commands.execute('docmanager:open', { path });
    for (const other of [...shell.widgets('main')]) if (other !== opened) other.dispose();
    await opened.context.ready;
    await opened.revealed;
    shell.activateById(opened.id);
}
"""


# Asked for when the first widget is there. Old JupyterLabs and ipykernels know of no such thing.
_SECOND_SHELL = """
async () => {
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    await kernel.info;
    if (!kernel.supportsSubshells) return false;
    for (;;) {
        const { content } = await kernel.requestListSubshell({}).done;
        if (content.subshell_id.length) return true;
        await new Promise(done => setTimeout(done, 100));
    }
}
"""


class Lab:
    """A notebook that is open in JupyterLab.

    Parameters
    ----------
    page : playwright Page
        Of the right size; it goes to the notebook. Where JupyterLab is open in it already, which takes
        seconds, the notebook takes the place of what is open there.
    """

    def __init__(self, page: Page, server: Server, notebook: Path, kernel: bool = True) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        self.late_modules = 0
        self.opened = True
        self._scratch: int | None = None
        self._name = notebook.name
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: self._failed(str(error)))
        if page.url.startswith(f"{server.url}/lab"):
            page.evaluate(_OPEN, notebook.name)
        else:
            self.load()
        if kernel:
            self.wait_kernel()

    def _failed(self, error: str) -> None:
        if MODULE_IS_LATE in error:
            self.late_modules += 1
        else:
            self.errors.append(error)

    def load(self) -> None:
        """Load JupyterLab and the notebook anew, as another person's browser would."""
        self.page.goto(
            f"{self.server.url}/lab/workspaces/w{secrets.token_hex(3)}/tree/{self._name}"
            f"?token={self.server.token}"
        )
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT_MS)
        self.page.evaluate("jupyterapp.restored")

    def wait_kernel(self) -> None:
        """Wait until the kernel is idle."""
        self.page.wait_for_function(
            "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
            timeout=WAIT_MS,
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Run one of JupyterLab's commands."""
        self.page.evaluate("([name, args]) => jupyterapp.commands.execute(name, args)", [name, arguments])

    def set_source(self, cell: int, source: str) -> None:
        """Write a cell."""
        self.page.evaluate(
            """([cell, source]) =>
                jupyterapp.shell.currentWidget.content.model.sharedModel.cells[cell].setSource(source)""",
            [cell, source],
        )

    def add_cell(self, source: str) -> int:
        """Add a cell at the end; give its number."""
        number: int = self.page.evaluate(
            """source => {
                const model = jupyterapp.shell.currentWidget.content.model.sharedModel;
                model.insertCell(model.cells.length, {cell_type: 'code', source});
                return model.cells.length - 1;
            }""",
            source,
        )
        return number

    def start(self, cell: int) -> None:
        """Run a cell without waiting for it."""
        self.page.evaluate(
            """cell => {
                jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
                void jupyterapp.commands.execute('notebook:run-cell');
            }""",
            cell,
        )

    def run(self, cell: int) -> None:
        """Run a cell, and wait until it has ended."""
        self.page.evaluate(
            """async cell => {
                jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
                await jupyterapp.commands.execute('notebook:run-cell');
            }""",
            cell,
        )

    def run_source(self, source: str) -> str:
        """Run code in a cell at the end, and give what it printed."""
        if self._scratch is None:
            self._scratch = self.add_cell("")
        self.set_source(self._scratch, source)
        self.run(self._scratch)
        return self.text(self._scratch)

    def text(self, cell: int) -> str:
        """Give a cell's output as text."""
        texts: list[str] = self.page.evaluate(
            """cell => [...jupyterapp.shell.currentWidget.content.widgets[cell].node
                .querySelectorAll('.jp-OutputArea-output')].map(output => output.innerText)""",
            cell,
        )
        return "\n".join(texts)

    def cell(self, number: int) -> Locator:
        """Give a cell."""
        return self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{number}']")

    def player(self, cell: int) -> Locator:
        """Give the player in a cell's output, when it is there."""
        found = self.cell(cell).locator(".bazaar-player").first
        found.wait_for(state="visible")
        return found

    def answers_while_busy(self) -> bool:
        """Tell whether the kernel answers widgets while a cell runs: on a second shell, which is awaited."""
        has_shells: bool = self.page.evaluate(_SECOND_SHELL)
        return has_shells

    def shut_down(self) -> None:
        """End the kernel."""
        if self.opened:
            self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")

    def save(self) -> None:
        """Save the notebook."""
        self.command("docmanager:save")
