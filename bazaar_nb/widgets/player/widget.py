"""The player: a film in a notebook cell, as it will export."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import anywidget
import numpy as np
import traitlets as t

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.preview.problem import problem_of
from bazaar_nb.scene.film import Film
from bazaar_nb.values.number import plain_number, whole_number
from bazaar_nb.widgets.bundle import answer_code, bundled, check_bundle, loader
from bazaar_nb.widgets.notebook_cells import close_with_comm, has_notebook, in_marimo, on_cell_end
from bazaar_nb.widgets.playback_reports import PlaybackReports, render_of
from bazaar_nb.widgets.player.saved_output import SavedOutput
from bazaar_nb.widgets.player.session import Session
from bazaar_nb.widgets.subshells import answer_while_busy

if TYPE_CHECKING:
    from bazaar_nb.widgets.panel.widget import ExportPanel

_log = logging.getLogger(__name__)

EventName = Literal["play", "pause", "seeked", "ended", "error"]
Callback = Callable[["Player", int], object]

_COMMAND_S = 0.15  # a report that was on its way when Python set the frame would undo that
_RATES = (0.25, 4.0)
_SCALES = (0.05, 1.0)


class Player(anywidget.AnyWidget):
    """Plays a composition in a notebook: pictures come from the code that draws its export.

    A composition that ends a cell shows one by itself. Only what is near the
    playhead is rendered, while somebody looks.

    Parameters
    ----------
    film : Composition
    width : int or str, optional
        Pixels, or a CSS width; as wide as the cell by default, and at most the film's own width.
    autoplay, loop, muted : bool
    scale : float
        Of the composition's size, 0.05 to 1: how large the preview is rendered.
    embed_bytes : int
        How large a video the saved notebook may hold for those who open it without a kernel; 0
        for none. It is made once all of the film has been previewed, if it fits.

    Attributes
    ----------
    film : Composition
        May be set: what is on the screen follows.
    frame : int
        0-based: where the playhead is. While the film plays it is reported some times a second.
    playing : bool
    rate : float
        0.25 to 4.
    volume : float
        0 to 1.
    range : tuple of (int, int) or None
        Half-open range of frames that is played.

    Raises
    ------
    InvalidValueError
        For a value that isn't one of those above.

    Examples
    --------
    >>> player = bz.Player(film, autoplay=True)  # doctest: +SKIP
    >>> player.frame = 90  # doctest: +SKIP
    >>> player.on("ended", lambda player, frame: print("seen"))  # doctest: +SKIP
    """

    _esm: ClassVar[str] = loader("player.js")
    _css: ClassVar[str] = bundled("player.css")

    frame = t.Int(0).tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    rate = t.Float(1.0).tag(sync=True)
    volume = t.Float(1.0).tag(sync=True)
    muted = t.Bool(False).tag(sync=True)
    loop = t.Bool(False).tag(sync=True)
    range = t.Any(None, allow_none=True).tag(sync=True)
    autoplay = t.Bool(False).tag(sync=True)
    width = t.Unicode(None, allow_none=True).tag(sync=True)
    shape = t.Tuple(t.Int(), t.Int(), default_value=(16, 9)).tag(sync=True)
    fallback = t.Unicode("").tag(sync=True)

    _FROM_BROWSER = frozenset({"frame", "playing", "rate", "volume", "muted", "loop", "range"})

    def __init__(
        self,
        film: Film,
        *,
        width: int | str | None = None,
        autoplay: bool = False,
        loop: bool = False,
        muted: bool = False,
        scale: float = 0.5,
        embed_bytes: int = 2_000_000,
    ) -> None:
        check_bundle()
        _check_film(film)
        low, high = _SCALES
        share = plain_number(scale)
        if share is None or isinstance(share, bool) or not low <= share <= high:
            raise InvalidValueError(f"`scale` must be between 0.05 and 1, got {scale!r} (Player)")
        autoplay, loop, muted = (v.item() if isinstance(v, np.bool_) else v for v in (autoplay, loop, muted))
        for name, value in (("autoplay", autoplay), ("loop", loop), ("muted", muted)):
            if not isinstance(value, bool):
                raise InvalidValueError(f"`{name}` must be True or False, got {value!r} (Player)")
        most = whole_number(embed_bytes)
        if most is None or most < 0:
            raise InvalidValueError(f"`embed_bytes` must be at least 0, got {embed_bytes!r} (Player)")
        self._film = film
        self._reporting = False
        self._commanded = -_COMMAND_S
        self._callbacks: dict[str, list[Callback]] = {name: [] for name in get_args(EventName)}
        self._session: Session | None = None
        # marimo shows no widget that is made later, when no cell runs.
        self._panel: ExportPanel | None = self._make_panel() if in_marimo() else None
        token = secrets.token_hex(16)
        super().__init__(
            model_id=token,  # by which the browser side finds its model
            autoplay=autoplay,
            loop=loop,
            muted=muted,
            width=_css_width(width),
            shape=(film.width, film.height),
            fallback=token,
        )
        answer_while_busy(self.comm)
        close_with_comm(self)
        self._saved = SavedOutput(self.fallback, most)
        self._reports = PlaybackReports("player")
        self._session = Session(
            film,
            float(share),
            self._send_out,
            self._happened,
            self._watched,
            self._open_panel,
            self._saved.complete,
        )
        self.on_msg(self._take)
        self._forget_cells = on_cell_end(self.refresh)

    @property
    def film(self) -> Film:
        """The composition that is shown."""
        return self._film

    @film.setter
    def film(self, film: Film) -> None:
        _check_film(film)
        self._film = film
        self.shape = (film.width, film.height)
        self._fit()
        if self._panel is not None:
            self._panel.film = film
        if self._session is not None:
            self._session.show(film)

    def on(self, event: EventName, callback: Callback) -> Callable[[], None]:
        """Have a function called when something happens.

        Parameters
        ----------
        event : {"play", "pause", "seeked", "ended", "error"}
            An error is a scene that fails, a sound that can't be had, or a film that the browser can't play.
        callback : callable
            Called with the player and the frame at which it happened.

        Returns
        -------
        callable
            Call it to hear no more.
        """
        if event not in self._callbacks:
            raise InvalidValueError(f"`event` must be one of {', '.join(self._callbacks)}, got {event!r}")
        if not callable(callback):
            raise InvalidValueError(f"`callback` must be a function, got {callback!r:.60}")
        callbacks = self._callbacks[event]
        callbacks.append(callback)

        def forget() -> None:
            if callback in callbacks:
                callbacks.remove(callback)

        return forget

    def play(self) -> None:
        """Play from where the playhead is."""
        self.playing = True

    def pause(self) -> None:
        """Stop where the playhead is."""
        self.playing = False

    def refresh(self) -> None:
        """Look whether the frames on the screen have changed, as after an edit; show what did."""
        self._fit()
        if self._session is not None:
            self._session.refresh()

    def show_problem(self, error: BaseException) -> None:
        """Say over the picture that there is no film to show, until `film` is set."""
        if self._session is not None:
            self._session.show_problem(problem_of(error))

    def close(self) -> None:
        """Take the player away wherever it is shown, and make nothing for it any more."""
        session, self._session = getattr(self, "_session", None), None
        if session is not None:
            session.close()
            self._saved.stop()
            self._forget_cells()
            if self._panel is not None:
                self._panel.close()
            self.layout.close()
        super().close()

    def _ipython_display_(self) -> None:
        """Display what stays without a kernel, and the live player, which hides that."""
        if not has_notebook():
            print(repr(self))
            return
        from IPython.display import display

        self.display_saved()
        bundle, _ = self._repr_mimebundle_() or ({}, {})
        # Where the widget can't be, a notebook would show its text below the poster.
        bundle.pop("text/plain", None)
        display(bundle, raw=True)  # type: ignore[no-untyped-call]

    def display_saved(self) -> None:
        """Display what stays without a kernel, for a player that is shown as a part of something else."""
        self._saved.show(self._film)

    def __repr__(self) -> str:
        return f"<Player of {self._film!r} at frame {self.frame}>"

    @t.validate("frame")
    def _valid_frame(self, proposal: Any) -> int:
        frame = proposal["value"]
        if not 0 <= frame < self._film.frames:
            raise t.TraitError(
                f"frame {frame} is not in the film: it has frames 0 to {self._film.frames - 1} "
                f"(Composition {self._film.name!r})"
            )
        return int(frame)

    @t.validate("rate")
    def _valid_rate(self, proposal: Any) -> float:
        return _between("rate", proposal["value"], *_RATES)

    @t.validate("volume")
    def _valid_volume(self, proposal: Any) -> float:
        return _between("volume", proposal["value"], 0.0, 1.0)

    @t.validate("range")
    def _valid_range(self, proposal: Any) -> tuple[int, int] | None:
        value = proposal["value"]
        if value is None:
            return None
        frames = self._film.frames
        if (
            not isinstance(value, list | tuple)
            or len(value) != 2
            or any(isinstance(edge, bool) or not isinstance(edge, int | np.integer) for edge in value)
            or not 0 <= value[0] < value[1] <= frames
        ):
            raise t.TraitError(
                f"`range` must be (first, stop) with 0 <= first < stop <= {frames}, or None, "
                f"got {value!r:.60}"
            )
        return int(value[0]), int(value[1])

    def set_state(self, sync_data: Any) -> None:
        """Take values from the browser; those that no browser should send change nothing."""
        if not isinstance(sync_data, dict):
            return
        for name in sync_data:
            if name not in self._FROM_BROWSER:
                continue
            if name == "frame" and time.monotonic() - self._commanded < _COMMAND_S:
                continue
            try:
                self._reporting = True
                super().set_state({name: sync_data[name]})
            except (t.TraitError, OverflowError):
                self.send_state(name)  # so that the browser has what holds
            finally:
                self._reporting = False

    @t.observe("frame")
    def _frame_changed(self, _: object) -> None:
        if not self._reporting:
            self._commanded = time.monotonic()

    def _fit(self) -> None:
        """Keep playhead and range in the film, which may be shorter now."""
        frames = self._film.frames
        if self.range is not None and self.range[1] > frames:
            self.range = None
        if self.frame >= frames:
            self.frame = frames - 1

    def _open_panel(self) -> str:
        """Give the id of the export panel's model: the panel begins with the range that is played."""
        if self._panel is None:
            self._panel = self._make_panel()
        self._panel.begin_with(self.range)
        return str(self._panel.model_id)

    def _make_panel(self) -> ExportPanel:
        from bazaar_nb.widgets.panel.widget import (
            ExportPanel,
        )  # only few who look at a film export it from here

        return ExportPanel(self._film)

    def _handle_msg(self, msg: Any) -> None:
        content = msg.get("content") if isinstance(msg, dict) else None
        data = content.get("data") if isinstance(content, dict) else None
        data = data if isinstance(data, dict) else {}
        method = data.get("method")
        if method == "update":  # what the browser may change has no buffers
            super()._handle_msg({"content": {"data": {"method": method, "state": data.get("state")}}})
        elif method in ("custom", "request_state"):
            super()._handle_msg({"buffers": [], **msg})
        else:
            _log.warning("a player got a message that it can't read")

    def _take(self, _: object, content: object, buffers: object) -> None:
        code = answer_code(content, "player.js")
        if code is not None:
            self._send_out(*code)
        elif self._session is not None:
            self._session.handle(content, buffers)

    def _send_out(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if self.comm is not None:
            self.send(content, buffers)

    def _watched(self, what: Literal["play", "watch"], showing: str, seen_s: float) -> None:
        """Count it for the movie of this film that was exported last, if one was."""
        render = render_of(self._film)
        if render is not None:
            self._reports.note(render.movie_engagement, what, showing, seen_s)

    def _happened(self, name: str, frame: int) -> None:
        for callback in tuple(self._callbacks.get(name, ())):
            try:
                callback(self, frame)
            except Exception:
                _log.exception("a player's %r callback failed", name)


def _check_film(film: object) -> None:
    if not isinstance(film, Film):
        raise InvalidValueError(f"expected a Composition to play, got {film!r:.60}")


def _css_width(width: int | str | None) -> str | None:
    if isinstance(width, int) and not isinstance(width, bool) and width > 0:
        return f"{width}px"
    if width is None or (isinstance(width, str) and width.strip() and not set(width) & set(";{}<>\"'")):
        return width
    raise InvalidValueError(f"`width` must be pixels or a CSS width such as '60%', got {width!r} (Player)")


def _between(name: str, value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise t.TraitError(f"`{name}` must be between {low:g} and {high:g}, got {value!r}")
    return float(value)
