"""Pictures in pictures, and the screens of devices."""

from __future__ import annotations

import math
from typing import Any, Literal

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.looks.filters import check_amount
from bazaar_nb.motion.easing import cubic, ease_out
from bazaar_nb.scene.elements import AnyElement, Ellipse, Fill, Group, Line, Rect, Text, as_elements
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import LinearGradient, Shadow, Stroke
from bazaar_nb.values.color import Color

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
Mode = Literal["light", "dark"]
_CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
_SETTLE = ease_out(cubic)


def picture_in_picture(
    elements: object,
    frame: Frame,
    *,
    corner: Corner = "bottom-right",
    size: float = 0.28,
    margin: float | None = None,
    radius: float = 0.06,
    shape: Literal["rect", "circle"] = "rect",
    border: Color | None = "white",
    start: float = 0.0,
    duration: float = 0.6,
    leave: float | None = None,
) -> Group:
    """Show elements, made for the whole frame, small in a corner.

    Parameters
    ----------
    elements : element or sequence of elements
        What would fill the frame: a `Clip`, a scene's elements.
    frame : Frame
    corner : str
        ``"top-left"``, ``"top-right"``, ``"bottom-left"`` or ``"bottom-right"``.
    size : float
        As a share of the frame's width, 0.02 to 1; of a circle, of its smaller side.
    margin : float, optional
        Pixels from the frame's edges; by default a 24th of its smaller side.
    radius : float
        Of the corners, as a share of the smaller side, 0 to 0.5.
    shape : str
        ``"circle"`` shows the middle, for somebody who speaks.
    border : colour or None
    start, duration : float
        Seconds at which it comes in, and how long it takes; 0 is at once.
    leave : float, optional
        When it goes.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> @bz.scene(duration=4)
    ... def shown(frame):
    ...     speaker = bz.Clip("speaker.mp4", width="100%", height="100%")
    ...     return bz.looks.picture_in_picture(speaker, frame, shape="circle", start=1)
    """
    if corner not in _CORNERS:
        raise InvalidValueError(
            f"`corner` must be {', '.join(_CORNERS[:-1])} or {_CORNERS[-1]}, got {corner!r} "
            "(picture_in_picture)"
        )
    if shape not in ("rect", "circle"):
        raise InvalidValueError(f"`shape` must be 'rect' or 'circle', got {shape!r} (picture_in_picture)")
    share = check_amount(size, "size", "picture_in_picture", 0.02, 1)
    side = min(frame.width, frame.height)
    away = side / 24 if margin is None else check_amount(margin, "margin", "picture_in_picture", -1e6, 1e6)
    width, height = frame.width * share, frame.height * share
    if shape == "circle":
        width = height = side * share
    rounding = check_amount(radius, "radius", "picture_in_picture", 0, 0.5) * min(width, height)
    outline: Any = (
        {"kind": Ellipse, "width": "100%"} if shape == "circle" else {"kind": Rect, "radius": rounding}
    )
    kind = outline.pop("kind")
    content = Group(as_elements(elements), width=frame.width, height=frame.height, scale=share)
    thickness = max(2.0, side / 270)
    rim = () if border is None else (kind(fill=None, stroke=Stroke(border, thickness), **outline),)
    shown = _presence(frame, start, duration, leave)
    left, top = "left" in corner, "top" in corner
    inset = Group((content,), clip=kind(**outline))
    # The shadow of a shape is kept while it stands still, whatever moves in it.
    below = kind(fill="black", shadow=Shadow(side / 30, 0, side / 120, "rgba(0, 0, 0, 0.45)"), **outline)
    return Group(
        (below, inset, *rim),
        width=width,
        height=height,
        anchor=corner,
        x=away if left else frame.width - away,
        y=away if top else frame.height - away,
        opacity=shown,
        scale=0.85 + 0.15 * shown,
    )


def _presence(frame: Frame, start: float, duration: float, leave: float | None) -> float:
    """Give how much of something is there that comes and goes."""
    begin = check_amount(start, "start", "picture_in_picture", -1e6, 1e6)
    takes = check_amount(duration, "duration", "picture_in_picture", 0, 1e6)
    there = _eased(frame.time - begin, takes)
    if leave is not None:
        there *= 1 - _eased(frame.time - check_amount(leave, "leave", "picture_in_picture", -1e6, 1e6), takes)
    return there


def _eased(passed: float, takes: float) -> float:
    if takes == 0:
        return float(passed >= 0)
    return _SETTLE(min(1.0, max(0.0, passed / takes)))


def _screen(
    elements: object, width: float, height: float, made_for: tuple[float, float] | None, radius: Any
) -> Group:
    """Give what is on a screen: elements in its box, or those of a larger one made smaller."""
    children = as_elements(elements)
    if made_for is not None:
        wide, high = (check_amount(side, "made_for", "a device", 1, 1e5) for side in made_for)
        fit = max(width / wide, height / high)
        children = (Group(children, width=wide, height=high, scale=fit),)
    shown = (Fill("black"), *children)
    return Group(shown, width=width, height=height, clip=Rect(radius=radius))


def phone(
    elements: object,
    width: float = 420.0,
    *,
    height: float | None = None,
    made_for: tuple[float, float] | None = None,
    color: Color = "#18181b",
    **fields: Any,
) -> Group:
    """Show elements on a phone's screen.

    Parameters
    ----------
    elements : element or sequence of elements
        In the box of the screen.
    width, height : float
        Of the phone, in pixels; by default it is 2.05 times as high.
    made_for : (float, float), optional
        Width and height of the box that the elements were made for, as (1080, 1920): they are made to fit.
    color : colour
        Of the case.
    **fields
        Those of a `Group`: ``x=``, ``y=``, ``rotation=``, ``scale=``, …

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.phone(bz.Image("app.png", width="100%", height="100%"), x="30%", rotation=4)
    """
    wide = check_amount(width, "width", "phone", 1, 1e5)
    high = wide * 2.05 if height is None else check_amount(height, "height", "phone", 1, 1e5)
    rim = wide * 0.034
    corner = wide * 0.15
    screen = _screen(elements, wide - 2 * rim, high - 2 * rim, made_for, corner - rim)
    button = {"width": wide * 0.012, "fill": color, "radius": wide * 0.006}
    parts: tuple[AnyElement, ...] = (
        Rect(**button, height=high * 0.11, x=wide + wide * 0.002, y=high * 0.33),  # type: ignore[arg-type]
        Rect(**button, height=high * 0.07, x=-wide * 0.002, y=high * 0.25),  # type: ignore[arg-type]
        Rect(**button, height=high * 0.07, x=-wide * 0.002, y=high * 0.34),  # type: ignore[arg-type]
        Rect(
            radius=corner,
            fill=color,
            stroke=Stroke("rgba(255, 255, 255, 0.22)", wide * 0.006),
            shadow=_shadow(wide, high),
        ),
        screen,
        Rect(width=wide * 0.27, height=wide * 0.07, radius=wide * 0.035, fill="black", y=rim + wide * 0.075),
    )
    return Group(parts, width=wide, height=high, **fields)


def laptop(
    elements: object,
    width: float = 1300.0,
    *,
    made_for: tuple[float, float] | None = None,
    color: Color = "#d4d4d8",
    **fields: Any,
) -> Group:
    """Show elements on a laptop's screen, 16:10; the attributes are those of `phone`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.laptop(bz.Image("app.png", width="100%", height="100%"))
    """
    wide = check_amount(width, "width", "laptop", 1, 1e5)
    lid = wide * 0.8
    high = lid * 0.625 + wide * 0.035
    rim = lid * 0.018
    base = wide * 0.032
    screen = _screen(elements, lid - 2 * rim, high - base - 2 * rim, made_for, lid * 0.008)
    lid_box = Group(
        (Rect(radius=(lid * 0.02, lid * 0.02, 0, 0), fill="#18181b", shadow=_shadow(wide, high)), screen),
        width=lid, height=high - base, x=wide / 2, y=0, anchor="top",
    )  # fmt: skip
    metal = LinearGradient((color, "#71717a"), angle=90)
    parts: tuple[AnyElement, ...] = (
        lid_box,
        Rect(height=base, y=high, anchor="bottom", radius=(0, 0, base * 0.9, base * 0.9), fill=metal),
        Rect(width=wide * 0.13, height=base * 0.36, x=wide / 2, y=high - base, anchor="top",
             radius=(0, 0, base * 0.3, base * 0.3), fill="#a1a1aa"),
    )  # fmt: skip
    return Group(parts, width=wide, height=high, **fields)


_WINDOWS = {
    "light": ("#f4f4f5", "#ffffff", "#52525b", "#e4e4e7"),
    "dark": ("#27272a", "#3f3f46", "#d4d4d8", "#18181b"),
}


def browser(
    elements: object,
    width: float = 1300.0,
    height: float = 800.0,
    *,
    address: str = "example.org",
    mode: Mode = "light",
    made_for: tuple[float, float] | None = None,
    **fields: Any,
) -> Group:
    """Show elements in a browser's window.

    Parameters
    ----------
    elements : element or sequence of elements
        In the box of the page, below the bar.
    width, height : float
        Of the window, in pixels.
    address : str
    mode : str
        ``"light"`` or ``"dark"``.
    made_for, **fields
        As for `phone`.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.browser(bz.Image("page.png", width="100%"), address="example.org")
    """
    if mode not in _WINDOWS:
        raise InvalidValueError(f"`mode` must be 'light' or 'dark', got {mode!r} (browser)")
    bar_color, field_color, ink, edge = _WINDOWS[mode]
    wide, high = (check_amount(side, "width and height", "browser", 1, 1e5) for side in (width, height))
    bar = min(max(36.0, wide * 0.045), high / 3)
    round_ = bar * 0.3
    dot = bar * 0.24
    page = _screen(elements, wide, high - bar, made_for, (0.0, 0.0, round_, round_))
    dots = tuple(
        Ellipse(width=dot, x=bar * 0.5 + number * dot * 1.7, y=bar / 2, fill=fill)
        for number, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    place = Group(
        (Rect(radius=bar * 0.3, fill=field_color), Text(address, size=bar * 0.34, color=ink)),
        width=wide * 0.5, height=bar * 0.62, x=wide / 2, y=bar / 2, clip=Rect(radius=bar * 0.3),
    )  # fmt: skip
    parts: tuple[AnyElement, ...] = (
        Rect(radius=round_, fill=bar_color, shadow=_shadow(wide, high)),
        Rect(height=bar, y=0, anchor="top", radius=(round_, round_, 0, 0), fill=bar_color),
        *dots,
        place,
        Group((page,), width=wide, height=high - bar, y=high, anchor="bottom"),
        Line(x1=0, y1=bar, x2=wide, y2=bar, stroke=Stroke(edge, 1.5)),
    )
    return Group(parts, width=wide, height=high, **fields)


def _shadow(width: float, height: float) -> Shadow:
    """Give a device's shadow: that of its case, which is kept while things move on the screen."""
    return Shadow(math.sqrt(width * height) * 0.09, 0, height * 0.03, "rgba(0, 0, 0, 0.4)")
