"""Run a notebook headless, and tell where the movies are.

    python notebooks/run.py notebooks/01_quickstart.ipynb

Progress bars are shown as they move. The executed copy is written beside the
notebook, as ``<name>.executed.ipynb``. A cell that fails is shown with its
traceback, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import html
import re
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import nbformat
import pandas as pd
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

import bazaar_nb as bz

_EIGHTHS = " ▏▎▍▌▋▊▉"
_BAR_WIDTH = 24


class ThisPython(KernelSpecManager):
    """Knows one kernel, the Python that runs this, whatever kernels the machine has."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 (there is but one)
        """Give this Python's kernel, whatever the notebook calls it."""
        spec = get_kernel_dict()
        spec["argv"].append("--log-level=ERROR")  # else it warns of TCP, which never leaves this machine
        return KernelSpec(**spec)


class Bars:
    """Writes a notebook's progress bars to a terminal as they move, elsewhere one line when each ends.

    Attributes
    ----------
    out : text file
    """

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self._live = out.isatty()
        self._ended: set[str] = set()
        self._open = 0  # characters of a line that is not ended

    def update(self, widgets: dict[str, dict[str, Any]], changed: str) -> None:
        """Show the bar that a widget is part of, now that the widget has changed.

        tqdm's bar is a box of three widgets: the text before it, the bar, the text after it.
        """
        for box_id, box in widgets.items():
            parts = [part.removeprefix("IPY_MODEL_") for part in box.get("children", ())]
            if changed in parts and len(parts) == 3 and "max" in widgets.get(parts[1], {}):
                self._show(box_id, *(widgets.get(part, {}) for part in parts))

    def end_line(self) -> None:
        """Go to a new line if the last one is not ended."""
        if self._open:
            self.out.write("\n")
            self._open = 0

    def _show(self, box_id: str, before: dict[str, Any], bar: dict[str, Any], after: dict[str, Any]) -> None:
        ended = bar.get("bar_style") in ("success", "danger")
        if box_id in self._ended or not (self._live or ended):
            return
        line = f"    {_plain(before)} {_drawn(bar.get('value', 0) / (bar['max'] or 1))} {_plain(after)}"
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self.out.write("\r" + line[:width].ljust(self._open))
            self._open = len(line[:width])
        else:
            self.out.write(line)
            self._open = len(line)
        if ended:
            self._ended.add(box_id)
            self.end_line()
        self.out.flush()


class Runner(NotebookClient):
    """Executes a notebook and shows what goes on.

    Parameters
    ----------
    path : Path
        The notebook; it runs in its own folder, as in JupyterLab.
    out : text file
    """

    def __init__(self, path: Path, out: TextIO) -> None:
        self.bars = Bars(out)
        self._heading = ""
        super().__init__(
            nbformat.read(path, as_version=4),  # type: ignore[no-untyped-call]
            km=AsyncKernelManager(kernel_spec_manager=ThisPython()),
            resources={"metadata": {"path": str(path.parent.resolve())}},
            timeout=None,
            on_cell_execute=self._announce,
            on_cell_error=self._end_workers,
            on_notebook_complete=self._end_workers,
            shutdown_kernel="immediate",  # a kernel waits in vain for helpers of its workers, then is killed
        )

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """Take a widget's message as the base class does, then show the bar that it belongs to."""
        super().handle_comm_msg(outs, msg, cell_index)
        self.bars.update(self.widget_state, msg["content"]["comm_id"])

    async def _end_workers(self, **_: object) -> None:
        """End the workers in good order, before the kernel is."""
        code = "import bazaar_nb.workspace; bazaar_nb.workspace.default_workspace().close()"
        client: Any = self.kc  # an asynchronous client, whatever its annotation says
        await client.execute(code, reply=True, store_history=False, timeout=20)

    def _announce(self, cell: Any, cell_index: int) -> None:
        """Say which section begins, and what is exported."""
        before = "\n".join(cell.source for cell in self.nb.cells[:cell_index] if cell.cell_type == "markdown")
        heading = re.findall(r"^#+ (.+)$", before, re.MULTILINE)[-1:]
        if heading and heading[0] != self._heading:
            self._heading = heading[0]
            self.bars.out.write(f"{self._heading}\n")
        for line in cell.source.splitlines():
            if ".export(" in line:
                self.bars.out.write(f"  {line.strip()}\n")
        self.bars.out.flush()


def run(path: Path, out: TextIO) -> int:
    """Execute a notebook, show how it goes and what it made.

    Parameters
    ----------
    path : Path
        The notebook.
    out : text file
        Where to tell.

    Returns
    -------
    int
        The exit code: 0, or 1 after a cell that failed.
    """
    workspace = bz.Workspace(path.parent / "bazaar")
    earlier = bz.history(workspace)["render_id"]
    executed = path.with_suffix(".executed.ipynb")
    runner = Runner(path, out)
    started = time.perf_counter()
    try:
        runner.execute()
    except (CellExecutionError, DeadKernelError) as error:
        runner.bars.end_line()
        text = str(error) if out.isatty() else re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        out.write(f"\n{text}\n\n{path} failed; its outputs up to there are in {_short(executed)}\n")
        return 1
    finally:
        runner.bars.end_line()
        nbformat.write(runner.nb, executed)  # type: ignore[no-untyped-call]
    renders = bz.history(workspace)
    made = renders[~renders["render_id"].isin(earlier) & (renders["status"] == "succeeded")]
    took_s = time.perf_counter() - started
    out.write(f"\nRan in {took_s:.0f} s. The notebook with its outputs: {_short(executed)}\n\n")
    if len(made):
        out.write(f"{_table(made)}\nNext: open a movie in any player or browser,\nor change the film: ")
    else:
        out.write("Next: change the notebook: ")
    jupyter = shlex.quote(str(_short(Path(sys.executable).with_name("jupyter"))))
    out.write(f"{jupyter} lab {shlex.quote(str(_short(path)))}\n")
    return 0


def _table(renders: pd.DataFrame) -> str:
    """Give a line for each movie: where it is, what it is, how long it took."""
    rows = []
    for _, movie in renders.iterrows():
        cached = f", {movie.segments_cached} of {movie.segments} segments from the cache"
        rows.append(
            (
                str(_short(Path(movie.location))),
                movie.format,
                f"{movie.duration_s:.1f} s",
                f"{movie.width}x{movie.height}",
                f"{movie.size_bytes / 1e6:.1f} MB",
                f"rendered in {movie.render_s:.1f} s{cached if movie.segments_cached else ''}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in rows
    )


def _short(path: Path) -> Path:
    """Give a path as seen from the working directory, where it is below that."""
    path = path.absolute()
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _plain(widget: dict[str, Any]) -> str:
    """Give a widget's text; tqdm's has figure spaces, for HTML."""
    text = re.sub(r"<[^>]*>", "", str(widget.get("value", "")))
    return html.unescape(text).replace("\u2007", " ").strip()


def _drawn(fraction: float) -> str:
    full, part = divmod(round(min(1.0, fraction) * _BAR_WIDTH * 8), 8)
    return ("█" * full + _EIGHTHS[part].strip()).ljust(_BAR_WIDTH, "░")


def main() -> int:
    """Run the notebook that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("notebook", type=Path)
    path: Path = parser.parse_args().notebook
    if not path.is_file():
        parser.error(f"there is no notebook {path}")
    return run(path, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
