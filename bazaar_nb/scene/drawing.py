"""`Drawing`: what a function of the author's draws on a skia canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import force_setattr

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.function_registry import PREFIX, register_function, with_functions
from bazaar_nb.scene.shapes import Box, Size

if TYPE_CHECKING:  # authors give functions and lists
    Function: TypeAlias = Any
    Values: TypeAlias = Any
else:  # what they are in the tree
    Function = str
    Values = tuple[Any, ...]


class Drawing(Box, frozen=True, tag="drawing"):
    """What a function draws on a canvas of skia (https://kyamagu.github.io/skia-python).

    Attributes
    ----------
    draw : function
        Called as ``draw(canvas, size, *args)``. The canvas's origin is the corner of the element's box,
        a unit is a pixel of the composition whatever the scale of what is rendered, and nothing outside
        of the box is seen. `size` has the box's ``width`` and ``height``. What is left saved, moved or
        clipped at the end concerns nothing else. The field then holds ``function:<token>``, a name made
        of all that the function's result depends on: the same arguments must draw the same.
    args : sequence
        Plain values (numbers, text, lists, dicts) that change with the frame.
    width, height : float or str
        The box.
    drawn_by : str
        The version of skia, filled in before the frame is drawn.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> def rings(canvas, size, turned):
    ...     import skia
    ...     paint = skia.Paint(AntiAlias=True, Color=skia.ColorRED, StrokeWidth=6)
    ...     paint.setStyle(skia.Paint.kStroke_Style)
    ...     for ring in range(5):
    ...         canvas.drawArc(skia.Rect.MakeWH(*size).makeInset(20 * ring + 6, 20 * ring + 6),
    ...                        turned * ring, 270, False, paint)
    >>> @bz.scene(duration=2)
    ... def turning(frame):
    ...     return bz.Drawing(rings, args=[360 * frame.progress], width=300, height=300)
    """

    draw: Function = ""
    args: Values = ()
    width: Size = "100%"
    height: Size = "100%"
    drawn_by: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.draw, str):
            if self.draw.startswith(PREFIX):
                return
            raise InvalidValueError(
                f"`draw` of a Drawing must be a function, got {self.draw!r:.60}: draw(canvas, size, *args)"
            )
        function: Callable[..., object] = self.draw
        if not callable(function):
            raise InvalidValueError(
                f"`draw` of a Drawing must be a function, got {function!r:.60}: draw(canvas, size, *args)"
            )
        force_setattr(self, "draw", register_function(function))

    def __reduce__(self) -> tuple[Any, ...]:
        """Take the function along: what a scene holds is drawn where the scene is sent."""
        return with_functions(self, self.draw)
