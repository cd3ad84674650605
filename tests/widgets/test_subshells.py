"""Widgets in a real kernel answer whichever shell a browser names: also one that isn't there any more."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ipykernel.comm.comm import BaseComm
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

WAIT_S = 180.0

WIDGETS = """
import threading
import bazaar_nb as bz
from bazaar_nb.widgets.panel.widget import JobView

@bz.scene(duration=1)
def shade(frame, level=0.5, size=10):
    return bz.Fill("#204060")

film = bz.Composition([shade()], width=64, height=36, fps=10)
go_on = threading.Event()
widgets = {
    "player": bz.Player(film, embed_bytes=0),
    "panel": bz.ExportPanel(film),
    "job": JobView(film.submit("job.mp4", quality="low")),
    "dashboard": bz.HistoryDashboard(),
}
tuned = bz.tune(shade, level=(0.0, 1.0), size=(1, 100), film_width=64, film_height=36)
widgets["tune"] = tuned.player
"""


class Kernel:
    """A kernel of its own, to which messages are sent as a front end sends them."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self._numbers = itertools.count(2)  # those who ask for code are always the first

    @property
    def has_subshells(self) -> bool:
        reply = self.client.kernel_info(reply=True, timeout=WAIT_S)
        return "kernel subshells" in reply["content"].get("supported_features", ())

    def run(self, code: str) -> None:
        reply = self.client.execute_interactive(code, timeout=WAIT_S, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok", reply["content"]

    def value(self, code: str) -> str:
        reply = self.client.execute_interactive(
            "", timeout=WAIT_S, user_expressions={"it": code}, output_hook=lambda _: None
        )
        return str(reply["content"]["user_expressions"]["it"]["data"]["text/plain"]).strip("'")

    def control(self, kind: str, **content: Any) -> dict[str, Any]:
        message = self.client.session.msg(kind, content)
        self.client.control_channel.send(message)
        while True:
            reply: dict[str, Any] = self.client.control_channel.get_msg(timeout=WAIT_S)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return dict(reply["content"])

    def new_shell(self) -> str:
        """Make another shell, where the kernel can; give a name that a front end might send."""
        return str(self.control("create_subshell_request")["subshell_id"]) if self.has_subshells else "none"

    def delete_shell(self, shell: str) -> None:
        if self.has_subshells:
            assert self.control("delete_subshell_request", subshell_id=shell)["status"] == "ok"

    def send(self, comm: str, data: dict[str, Any], shell: str | None) -> None:
        message = self.client.session.msg("comm_msg", {"comm_id": comm, "data": data})
        message["header"]["subshell_id"] = shell
        self.client.shell_channel.send(message)

    def ask(self, comm: str, kind: str, shell: str | None, **fields: Any) -> dict[str, Any]:
        """Ask a widget for something, once; give its answer."""
        request = {"kind": kind, "id": next(self._numbers), "view": "view", **fields}
        self.send(comm, {"method": "custom", "content": request}, shell)
        while True:
            message = self.client.iopub_channel.get_msg(timeout=WAIT_S)
            if message["msg_type"] != "comm_msg" or message["content"]["comm_id"] != comm:
                continue
            answer: dict[str, Any] = message["content"]["data"].get("content", {})
            if (answer.get("id"), answer.get("view")) == (request["id"], request["view"]):
                return answer


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("shells")
    manager, client = start_new_kernel(
        kernel_name="python3", startup_timeout=WAIT_S, cwd=str(folder), env=_environment(folder)
    )
    try:
        made = Kernel(client)
        if made.has_subshells and not hasattr(BaseComm, "_reply_subshell_for"):
            pytest.skip("ipykernel from 7.0 to 7.3 can't be told where a comm's messages go")
        made.run(WIDGETS)
        yield made
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"BAZAAR_ROOT": str(folder / "bazaar"), "IPYTHONDIR": str(folder / "ipython")}


OPENS: dict[str, dict[str, Any]] = {
    "player": {"frame": 0, "video": [], "sound": []},
    "panel": {},
    "job": {},
    "dashboard": {},
    "tune": {"frame": 0, "video": [], "sound": []},
}


@pytest.mark.parametrize("name", OPENS)
def test_a_shell_that_was_deleted_is_the_main_one(kernel: Kernel, name: str) -> None:
    comm = kernel.value(f"widgets['{name}'].comm.comm_id")
    shell = kernel.new_shell()
    assert kernel.ask(comm, "code", shell, id=1, view=f"code-{name}1")["kind"] == "reply"
    kernel.delete_shell(shell)
    assert kernel.ask(comm, "code", shell, id=1, view=f"code-{name}2")["kind"] == "reply"
    assert kernel.ask(comm, "open", shell, **OPENS[name])["kind"] == "reply"
    assert kernel.ask(comm, "alive", shell)["kind"] == "reply"


def test_what_a_control_says_is_heard_from_a_shell_that_was_deleted(kernel: Kernel) -> None:
    comm = kernel.value("tuned.controls['size'].comm.comm_id")
    shell = kernel.new_shell()
    kernel.delete_shell(shell)
    for value in (20, 30, 40):  # from the second on ipykernel asks who used the comm last
        kernel.send(comm, {"method": "update", "state": {"value": value}, "buffer_paths": []}, shell)
        deadline = time.monotonic() + WAIT_S
        while kernel.value("tuned.values['size']") != str(value):
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.parametrize("name", OPENS)
def test_a_living_shell_answers_while_a_cell_runs(kernel: Kernel, name: str) -> None:
    if not kernel.has_subshells:
        pytest.skip("this kernel has one shell")
    comm = kernel.value(f"widgets['{name}'].comm.comm_id")
    shell = kernel.new_shell()
    # What a cell does with a widget makes ipykernel think of the main shell as the widget's.
    kernel.client.execute(f"go_on.clear(); widgets['{name}'].send_state(); go_on.wait({WAIT_S})")
    try:
        assert kernel.ask(comm, "open", shell, **OPENS[name])["kind"] == "reply"
    finally:
        release = kernel.client.session.msg("execute_request", {"code": "go_on.set()", "silent": True})
        release["header"]["subshell_id"] = shell
        kernel.client.shell_channel.send(release)
    kernel.value("1")
    kernel.delete_shell(shell)
