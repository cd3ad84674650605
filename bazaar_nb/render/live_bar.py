"""A tqdm bar that looks at something until it ends: what bars of renders and of batches have in common."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Self, TextIO, TypeVar

_EVERY_S = 0.1  # ten times a second: smooth, and nothing beside the work
_EVERY_LINE_S = 10.0  # where lines can't be written over, as in a log

P = TypeVar("P")


class LiveBar(Generic[P]):
    """A bar in a notebook or a terminal; in a file or a pipe a line now and then, and one at the end.

    Parameters
    ----------
    read : function
        Gives the progress now; called from a thread of the bar's own.
    label : str
        What it is of.
    total : int, optional
    unit : str
        What is counted.
    """

    def __init__(self, read: Callable[[], P], label: str, total: int | None, unit: str) -> None:
        self._read = read
        self._label = label
        self._total = total
        self._unit = unit
        self._ended = threading.Event()
        self._live = _can_rewrite(sys.stderr)
        self._bar: Any = None
        self._thread = threading.Thread(target=self._watch, name="bazaar-progress", daemon=True)

    def _update(self, progress: P, ending: str | None) -> None:
        """Have the bar say how far it is; its attribute `pace` is how much comes in a second."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            # Without ipywidgets tqdm says that its notebook bar is missing, and shows the other.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            class Bar(tqdm):  # type: ignore[type-arg]  # which tqdm it is depends on where this runs
                monitor_interval = 0  # else each class starts a thread, which never ends
                pace: float | None = None
                ended = False

                @property
                def format_dict(self) -> Any:
                    shown = super().format_dict
                    if not self.ended:  # then tqdm gives the average of the whole time
                        shown["rate"] = self.pace
                        if self.pace is None:
                            shown["initial"] = self.n
                    return shown

            self._bar = Bar(
                total=self._total,
                unit=f" {self._unit}",
                desc=f"{self._label}: starting",
                mininterval=0,
                dynamic_ncols=True,
                file=None if self._live else _Lines(sys.stderr),
            )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._update(self._read(), "failed" if kind is not None else None)
        if kind is not None and self._bar.total:
            self._bar.n = min(self._bar.n, self._bar.total - 1)  # a notebook shows a full bar as a success
        self._bar.ended = True
        self._bar.close()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY_S if self._live else _EVERY_LINE_S):
            self._update(self._read(), None)
            self._bar.refresh()


class _Lines:
    """A file for tqdm that ends each of its lines, where it would write over the last one."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.encoding = file.encoding

    def write(self, text: str) -> None:
        line = text.replace("\r", "").strip()
        if line:
            self._file.write(line + "\n")

    def flush(self) -> None:
        self._file.flush()


def _can_rewrite(file: TextIO) -> bool:
    """Tell whether a line that was written can be written over: in a terminal, and in a notebook."""
    return file.isatty() or type(file).__module__.startswith("ipykernel")
