"""What a lens and a film add: glow, grain, dark corners."""

from __future__ import annotations

import hashlib

from bazaar_nb.looks.filters import check_amount, filtered
from bazaar_nb.scene.elements import Fill, Filter
from bazaar_nb.scene.filter_steps import Glow, Grain
from bazaar_nb.scene.frame import Frame
from bazaar_nb.scene.paint import RadialGradient
from bazaar_nb.values.color import Color, parse_color

_RINGS = 24  # of a vignette: so many that none is seen


def glow(elements: object, radius: float = 24.0, strength: float = 0.8, threshold: float = 0.6) -> Filter:
    """Have what is bright shine on what is around it.

    Parameters
    ----------
    elements : element or sequence of elements
        What is on nothing, such as a text alone, shines on what is below it, too.
    radius : float
        How far, in pixels.
    strength : float
        How much light is added, 0 to 10.
    threshold : float
        How bright a colour must be to shine, 0 to 1.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.glow(bz.Text("OPEN", color="hotpink"), radius=40)
    """
    return filtered(
        elements,
        Glow(
            check_amount(radius, "radius", "glow", 0, 1000),
            check_amount(strength, "strength", "glow", 0, 10),
            check_amount(threshold, "threshold", "glow"),
        ),
    )


def grain(
    elements: object,
    frame: Frame | None = None,
    amount: float = 0.04,
    *,
    size: float = 1.6,
    seed: int | str = 0,
    colored: bool = False,
    rate: float = 24.0,
) -> Filter:
    """Lay film grain over elements.

    A picture with grain is new in each frame, and takes several times the bytes in a movie.

    Parameters
    ----------
    elements : element or sequence of elements
    frame : Frame, optional
        The grain changes with it, and is the same whenever this frame is drawn. Without one it stands still.
    amount : float
        How strong: its standard deviation as a share of black to white, 0 to 1.
    size : float
        Of a grain, in pixels of the composition, 0.25 to 64.
    seed : int or str
        Another one gives other grain.
    colored : bool
        Whether red, green and blue have grain of their own.
    rate : float
        How often a second it changes at most, 1 to 240.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = bz.looks.grain(bz.Image("beach.jpg"), amount=0.08)
    """
    turn = 0
    if frame is not None:
        turn = int(frame.time * min(check_amount(rate, "rate", "grain", 1, 240), float(frame.fps)) + 1e-6)
    digest = hashlib.blake2b(f"{seed!r} {turn}".encode(), digest_size=6).digest()
    step = Grain(
        check_amount(amount, "amount", "grain"),
        check_amount(size, "size", "grain", 0.25, 64),
        int.from_bytes(digest, "big"),
        bool(colored),
    )
    return filtered(elements, step)


def vignette(strength: float = 0.5, *, size: float = 0.45, color: Color = "black") -> Fill:
    """Give dark corners: an element to put over all others.

    Parameters
    ----------
    strength : float
        How dark the corners are, 0 to 1.
    size : float
        How far from the middle it begins, as a share of the way to the corners, 0 to 1.
    color : colour

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> shown = [bz.Image("beach.jpg"), bz.looks.vignette(0.6)]
    """
    most, start = check_amount(strength, "strength", "vignette"), check_amount(size, "size", "vignette")
    red, green, blue = (round(255 * part) for part in parse_color(color)[:3])
    shares = [number / _RINGS for number in range(_RINGS + 1)]
    shades = [most * share * share * (3 - 2 * share) for share in shares]  # begins and ends without an edge
    colors = tuple(f"rgba({red}, {green}, {blue}, {shade:.4f})" for shade in shades)
    stops = tuple(start + (1 - start) * share for share in shares)
    return Fill(RadialGradient(colors, stops=stops))
