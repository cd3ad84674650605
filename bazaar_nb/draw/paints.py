"""skia's paints for colours, gradients and outlines."""

from __future__ import annotations

from bazaar_nb.draw.gradients import gradient_shader
from bazaar_nb.draw.skia_import import skia
from bazaar_nb.scene.elements import BlendMode
from bazaar_nb.scene.paint import Paint, Stroke
from bazaar_nb.values.color import parse_color

_CAPS = {"butt": skia.Paint.kButt_Cap, "round": skia.Paint.kRound_Cap, "square": skia.Paint.kSquare_Cap}
_JOINS = {"miter": skia.Paint.kMiter_Join, "round": skia.Paint.kRound_Join, "bevel": skia.Paint.kBevel_Join}
BLEND_MODES: dict[BlendMode, skia.BlendMode] = {
    "normal": skia.BlendMode.kSrcOver,
    "multiply": skia.BlendMode.kMultiply,
    "screen": skia.BlendMode.kScreen,
    "overlay": skia.BlendMode.kOverlay,
    "darken": skia.BlendMode.kDarken,
    "lighten": skia.BlendMode.kLighten,
    "color-dodge": skia.BlendMode.kColorDodge,
    "color-burn": skia.BlendMode.kColorBurn,
    "hard-light": skia.BlendMode.kHardLight,
    "soft-light": skia.BlendMode.kSoftLight,
    "difference": skia.BlendMode.kDifference,
    "exclusion": skia.BlendMode.kExclusion,
    "hue": skia.BlendMode.kHue,
    "saturation": skia.BlendMode.kSaturation,
    "color": skia.BlendMode.kColor,
    "luminosity": skia.BlendMode.kLuminosity,
    "plus": skia.BlendMode.kPlus,
}


def fill_paint(paint: Paint, opacity: float, width: float, height: float) -> skia.Paint:
    """Give the paint for the inside of a box of this size, at the origin."""
    made = skia.Paint(AntiAlias=True)
    if isinstance(paint, str):
        r, g, b, a = parse_color(paint)
        made.setColor4f(skia.Color4f(r, g, b, a * opacity), None)
    else:
        made.setShader(gradient_shader(paint, width, height))
        made.setAlphaf(opacity)
    return made


def stroke_paint(stroke: Stroke, opacity: float, width: float, height: float) -> skia.Paint:
    """Give the paint for the outline of a box of this size, at the origin."""
    made = fill_paint(stroke.color, opacity, width, height)
    made.setStyle(skia.Paint.kStroke_Style)
    made.setStrokeWidth(stroke.width)
    made.setStrokeCap(_CAPS[stroke.cap])
    made.setStrokeJoin(_JOINS[stroke.join])
    made.setStrokeMiter(stroke.miter_limit)
    if stroke.dash:
        dashes = skia.DashPathEffect.Make(list(stroke.dash), stroke.dash_offset)
        if dashes is not None:  # as it is of lengths that are 0 in skia's numbers
            made.setPathEffect(dashes)
    return made


def miter_reach(stroke: Stroke, least: float = 2.0) -> float:
    """Give how far the corners of a stroke can reach beyond its outline, in pixels.

    Parameters
    ----------
    least : float
        In widths of the stroke, whatever its `miter_limit`.
    """
    return stroke.width * max(least, stroke.miter_limit / 2)


def blit_paint(opacity: float, blend: BlendMode) -> skia.Paint | None:
    """Give the paint that puts a bitmap or layer down; None where it needs none."""
    if opacity == 1.0 and blend == "normal":
        return None
    made = skia.Paint()
    made.setAlphaf(opacity)
    made.setBlendMode(BLEND_MODES[blend])
    return made
