"""Controls for a film's parameters: what they change is seen at once."""

from __future__ import annotations

import difflib
import inspect
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
from ipywidgets import fixed

from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.scene import SceneFunction
from bazaar_nb.scene.time import Seconds
from bazaar_nb.widgets.controls.widget import ControlsView
from bazaar_nb.widgets.notebook_cells import has_notebook, in_marimo
from bazaar_nb.widgets.player.widget import Player
from bazaar_nb.widgets.subshells import stay_reachable

FilmFunction = Callable[..., Film]

_DELAY_S = 0.03  # of a slider that is dragged, two or three values come in this time
_LABEL_EMS = (5, 11)  # how wide the names of controls are, at least and at most
_STEPS = 100  # of a slider between two floats


def tune(
    film_function: FilmFunction | SceneFunction,
    /,
    *,
    film_duration: Seconds | None = None,
    film_width: int = 1920,
    film_height: int = 1080,
    film_fps: Seconds = 30,
    **controls: Any,
) -> Tune:
    """Show a film with controls for its parameters.

    Parameters
    ----------
    film_function : callable
        Gives a `Composition`; or a ``@bz.scene`` function, which is shown alone.
    film_duration, film_width, film_height, film_fps
        Of the film, for a ``@bz.scene`` function only.
    **controls
        For each parameter to be tuned what `ipywidgets.interact` takes: a text, ``True`` or
        ``False``, a number, ``(min, max)`` or ``(min, max, step)``, a list or a dict of choices,
        or a widget. Parameters that are not named keep their defaults.

    Returns
    -------
    Tune
        A widget: its ``values`` and ``film`` are those of the moment.

    Raises
    ------
    TypeError
        For a control of no parameter, and for a parameter that has neither default nor control.
    InvalidValueError
        For a value that makes no control, and when no composition comes back.

    Examples
    --------
    >>> @bz.scene(duration=3)  # doctest: +SKIP
    ... def title(frame, text, size=100):
    ...     return bz.Text(text, size=size)
    >>> bz.tune(title, text="Hello", size=(20, 300))  # doctest: +SKIP
    """
    make: FilmFunction
    if isinstance(film_function, SceneFunction):
        scene = film_function
        parameters = list(inspect.signature(scene.function).parameters.values())[1:]  # without the frame
        options: dict[str, Any] = {} if film_duration is None else {"duration": film_duration}

        def make(**values: Any) -> Film:
            made = scene(**options, **values)
            return Composition([made], width=film_width, height=film_height, fps=film_fps, name=made.name)

    elif callable(film_function):
        make = film_function
        parameters = list(inspect.signature(film_function).parameters.values())
    else:
        raise InvalidValueError(f"tune takes a function that gives a film, got {film_function!r:.60}")
    name = getattr(film_function, "__name__", "the film's function")
    _check_names(name, parameters, controls)
    defaults = {one.name: one.default for one in parameters if one.default is not one.empty}
    made = {
        key: _control(key, value, defaults.get(key, inspect.Parameter.empty))
        for key, value in controls.items()
    }
    values = {key: control.value for key, control in made.items()}
    return Tune(make, name, Player(_film(make, name, values)), made)


class Tune(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A player with controls below it; made by `tune`.

    Attributes
    ----------
    player : Player
    controls : dict of str to widget
        By the names of the parameters.
    """

    def __init__(
        self,
        make: FilmFunction,
        name: str,
        player: Player,
        controls: Mapping[str, Any],
        panel: ipywidgets.Widget | None = None,
    ) -> None:
        self._make = make
        self._name = name
        self.player = player
        self.controls = dict(controls)
        self._latest = Latest(self._show, _DELAY_S)
        # Made with the rest: marimo takes away what a cell has made when the cell runs again.
        self._mirror = (
            ControlsView(f"Parameters of {name}", self.controls, self._errors) if in_marimo() else None
        )
        super().__init__([self.player, _panel(self.controls) if panel is None else panel])
        for control in self.controls.values():
            control.observe(self._changed, "value")
            for part in _parts(control):
                stay_reachable(part.comm)

    @property
    def values(self) -> dict[str, Any]:
        """What the controls say now."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def film(self) -> Film:
        """The composition that is shown now."""
        return self.player.film

    def _ipython_display_(self) -> None:
        """Display what stays without a kernel, and the live widgets."""
        if not has_notebook():
            print(repr(self))
            return
        from IPython.display import display

        self.player.display_saved()
        bundle = self._repr_mimebundle_()
        # Where the view is missing its text would be seen.
        view = {mime: data for mime, data in bundle.items() if mime != "text/plain"}
        display(view, raw=True)  # type: ignore[no-untyped-call]

    def _display_(self) -> object:
        """Give what marimo shows: it has no place for containers and controls of ipywidgets."""
        marimo: Any = sys.modules["marimo"]
        return marimo.vstack([self.player, self._mirror])

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r:.40}" for name, value in self.values.items())
        return f"<{type(self).__name__} of {self._name}({values}): {self.film!r}>"

    def close(self) -> None:
        """Take the player and its controls away."""
        self._latest.stop()
        if self._mirror is not None:
            self._mirror.close()
        self.player.close()
        super().close()

    def _errors(self) -> dict[str, str]:
        """Give what is wrong with the controls, by their names."""
        return {}

    def _changed(self, _change: object) -> None:
        self._latest.put(self.values)

    def _show(self, values: dict[str, Any]) -> None:
        try:
            self.player.film = _film(self._make, self._name, values)
        except Exception as error:
            self.player.show_problem(error)


class Latest:
    """Calls a function with the newest of the values that are put, in a thread of its own.

    While one call runs, all values but the last are passed over: a slider that is dragged leaves no
    queue behind. The thread ends when there is nothing to do.

    Parameters
    ----------
    call : callable
        Must not raise.
    delay_s : float
        Seconds in which values may be passed over before the first call.
    """

    def __init__(self, call: Callable[[Any], object], delay_s: float) -> None:
        self._call = call
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._waiting: list[Any] = []  # the newest value, or nothing
        self._busy = False

    def put(self, value: Any) -> None:
        """Have the function called with a value, unless a newer one comes."""
        with self._lock:
            self._waiting = [value]
            if self._busy or self._stopped.is_set():
                return
            self._busy = True
        threading.Thread(target=self._run, name="bazaar-tune", daemon=True).start()

    def stop(self) -> None:
        """Call no more."""
        self._stopped.set()

    def _run(self) -> None:
        while True:
            self._stopped.wait(self._delay_s)
            with self._lock:
                waiting, self._waiting = self._waiting, []
                if not waiting or self._stopped.is_set():
                    self._busy = False
                    return
            self._call(waiting[0])


def _film(make: FilmFunction, name: str, values: dict[str, Any]) -> Film:
    film = make(**values)
    if not isinstance(film, Film):
        raise InvalidValueError(f"{name}() should give a Composition, got {film!r:.60} (tune)")
    return film


def _check_names(name: str, parameters: list[inspect.Parameter], controls: Mapping[str, Any]) -> None:
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    named = [one for one in parameters if one.kind in kinds]
    names = [one.name for one in named]
    takes_all = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    for key in controls:
        if key not in names and not takes_all:
            near = difflib.get_close_matches(key, names, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; it has {', '.join(names) or 'none'}"
            raise TypeError(f"{name}() has no parameter `{key}` to tune{hint}")
    for one in named:
        if one.default is one.empty and one.name not in controls:
            raise TypeError(
                f"{name}() needs `{one.name}`: give it a control, as {one.name}='text' or {one.name}=(0, 10)"
            )


def _control(name: str, value: Any, default: Any) -> Any:
    """Make a control of what `ipywidgets.interact` takes."""
    try:
        control = ipywidgets.interactive.widget_from_abbrev(value, default)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(f"`{name}`={value!r:.60} makes no control: {error} (tune)") from None
    if control is None or not hasattr(control, "value"):
        raise InvalidValueError(
            f"`{name}` must be a text, a number, True or False, (min, max), a list, a dict or a widget, "
            f"got {value!r:.60} (tune)"
        )
    if control is value:  # the person's own, looks and all
        return control
    control.description = name.replace("_", " ").capitalize()
    control.layout.width = "auto"
    if isinstance(control, ipywidgets.FloatSlider) and isinstance(value, tuple) and len(value) == 2:
        control.step = (control.max - control.min) / _STEPS
        if default is not inspect.Parameter.empty:
            control.value = default
    return control


def _parts(control: Any) -> list[Any]:
    """Give a control, and those that it is made of."""
    parts = [] if isinstance(control, fixed) else [control]
    for child in getattr(control, "children", ()):
        parts += _parts(child)
    return parts


def _panel(controls: Mapping[str, Any]) -> ipywidgets.Widget:
    """Lay controls out in columns, as many as there is room for."""
    shown = [control for control in controls.values() if not isinstance(control, fixed)]
    longest = max((len(control.description) for control in shown), default=0)
    low, high = _LABEL_EMS
    for control in shown:
        if hasattr(control.style, "description_width"):
            control.style.description_width = f"{min(high, max(low, 0.6 * longest)):.1f}em"
    return ipywidgets.GridBox(
        shown,
        layout=ipywidgets.Layout(
            grid_template_columns="repeat(auto-fit, minmax(min(100%, 20em), 1fr))", grid_gap="2px 24px",
            max_width="60em", margin="8px 0 0 0",
        ),
    )  # fmt: skip
