"""Drawings that use what SVG has, each small."""

# ruff: noqa: E501 (drawings are as long as they are)

from __future__ import annotations

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100" '
STOPS = '<stop offset="0" stop-color="red"/><stop offset=".4" stop-color="gold"/><stop offset="1" stop-color="navy"/>'
SPREAD = (
    '<linearGradient id="a" x1="0.3" x2="0.5" y2="0.1" spreadMethod="{}" gradientTransform="rotate(20)">'
    f'{STOPS}</linearGradient><rect x="10" y="20" width="80" height="50" fill="url(#a)"/>'
)


def drawing(content: str, attributes: str = 'width="100"') -> str:
    """Give a whole drawing."""
    return f"{HEAD}{attributes}>{content}</svg>"


ELEMENTS: dict[str, str] = {
    "shapes": (
        '<rect x="5" y="5" width="40" height="30" rx="12" ry="6" fill="teal"/><circle cx="75" cy="20" r="15"/>'
        '<ellipse cx="25" cy="70" rx="20" ry="10" fill="none" stroke="red" stroke-width="3"/>'
        '<line x1="60" y1="50" x2="95" y2="60" stroke="blue" stroke-width="4" stroke-linecap="round"/>'
        '<polygon points="60,70 95,75 70,95" fill="#0a0"/><polyline points="5,90 20,95 40,88" stroke="#000" fill="none"/>'
    ),
    "arcs": '<path d="M10 50a30 20 30 1 1 60 5zm10 10q20 20 40 0t10 20" fill="orange" stroke="#234" stroke-width="2"/>',
    "transforms": (
        '<g transform="translate(50 50) rotate(30) scale(1.5 .7)"><rect x="-20" y="-20" width="40" height="40" fill="tan"'
        ' stroke="black" stroke-width="6"/><g transform="skewX(20) matrix(1 .2 0 1 5 5)"><circle r="9" stroke="red"/></g></g>'
    ),
    "evenodd": '<path fill-rule="evenodd" d="M10 10H90V90H10ZM30 30H70V70H30ZM45 45H55V55H45Z"/>',
    "linear": (
        f'<linearGradient id="a" gradientTransform="rotate(25 .5 .5)">{STOPS}</linearGradient>'
        '<linearGradient id="b" xlink:href="#a" gradientUnits="userSpaceOnUse" x1="20" y1="0" x2="60" y2="50" gradientTransform="skewX(20)"/>'
        '<rect x="5" y="5" width="60" height="30" fill="url(#a)"/><circle cx="60" cy="70" r="25" fill="url(#b)"/>'
        '<rect x="5" y="50" width="20" height="40" fill="none" stroke="url(#a)" stroke-width="8" transform="rotate(9)"/>'
    ),
    "repeated": SPREAD.format("repeat"),
    "reflected": SPREAD.format("reflect"),
    "radial": (
        f'<radialGradient id="a" cx=".4" cy=".3" r=".6">{STOPS}</radialGradient>'
        f'<radialGradient id="b" gradientUnits="userSpaceOnUse" cx="70" cy="70" r="30">{STOPS}</radialGradient>'
        '<rect x="5" y="5" width="80" height="30" fill="url(#a)"/><circle cx="70" cy="70" r="28" fill="url(#b)"/>'
        '<rect x="5" y="45" width="30" height="30" fill="url(#a)" transform="rotate(20 20 60) skewX(20)"/>'
    ),
    "faded_stops": (
        '<linearGradient id="a"><stop stop-color="red"/><stop offset="1" stop-color="blue" stop-opacity="0"/>'
        '</linearGradient><rect width="100" height="100" fill="url(#a)" fill-opacity=".8"/>'
    ),
    "opacities": (
        '<g opacity=".5"><circle cx="40" cy="50" r="30" fill="red"/><circle cx="60" cy="50" r="30" fill="blue"/></g>'
        '<rect x="5" y="5" width="30" height="30" fill="lime" fill-opacity=".4" stroke="black" stroke-opacity=".5" stroke-width="5"/>'
    ),
    "strokes": (
        '<path d="M10 20H90M10 40H90" stroke="black" stroke-width="6" stroke-dasharray="12 5 3" stroke-dashoffset="4"/>'
        '<path d="M10 80L30 55L50 80L70 55L74 80" fill="none" stroke="navy" stroke-width="6" stroke-miterlimit="10"/>'
        '<path d="M80 90L88 60L96 90" fill="none" stroke="red" stroke-width="5" stroke-linejoin="round" stroke-linecap="square"/>'
    ),
    "dots": '<path d="M10 50H90" stroke="black" stroke-width="6" stroke-dasharray="0 12" stroke-linecap="round"/>',
    "clip": (
        '<clipPath id="c"><circle cx="50" cy="50" r="30"/><rect x="60" y="60" width="40" height="30"/></clipPath>'
        '<g clip-path="url(#c)"><rect width="100" height="100" fill="teal"/><rect width="50" height="50" fill="gold"/></g>'
    ),
    "clip_of_box": (
        '<clipPath id="c" clipPathUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".5"/></clipPath>'
        '<rect x="10" y="20" width="80" height="50" fill="teal" clip-path="url(#c)" transform="rotate(9)"/>'
    ),
    "use": (
        '<defs><g id="g"><rect width="20" height="20"/><circle cx="20" cy="20" r="8" fill="red"/></g>'
        '<symbol id="s" viewBox="0 0 10 10"><path d="M0 0L10 5L0 10Z"/></symbol></defs><use href="#g" x="5" y="5" fill="green"/>'
        '<use xlink:href="#g" transform="translate(60 10) rotate(30)"/><use href="#s" x="20" y="50" width="60" height="40" fill="navy"/>'
    ),
    "sheet": (
        "<style>.a{fill:red} rect.a{fill:teal} #b&gt;circle{fill:gold!important;stroke:#000} g circle:first-child{opacity:.4}"
        '@import url(http://nowhere.example/x.css);</style><rect class="a" width="40" height="40"/>'
        '<g id="b"><circle cx="60" cy="60" r="20" style="fill:blue"/><circle cx="80" cy="30" r="15"/></g>'
    ),
    "inherited": (
        '<g fill="red" stroke="currentColor" color="blue" stroke-width="3"><rect x="5" y="5" width="30" height="30"/>'
        '<g fill="none"><circle cx="70" cy="30" r="20"/></g><path d="M10 60h30v30z" style="stroke:inherit;fill:inherit"/></g>'
        '<rect display="none" width="99" height="99"/><g visibility="hidden"><rect width="99" height="99"/></g>'
    ),
    "inner_svg": (
        '<svg x="20" y="10" width="50" height="80" viewBox="0 0 10 10"><circle cx="5" cy="5" r="7" fill="teal"/></svg>'
    ),
    "stroke_first": '<path d="M20 20H80V80Z" fill="gold" stroke="navy" stroke-width="14" paint-order="stroke"/>',
    "beyond": '<circle cx="100" cy="50" r="40" fill="teal"/><rect x="-20" y="70" width="60" height="60" fill="red"/>',
}
"""Those that become elements alone."""
PICTURES: dict[str, str] = {
    "text": '<rect id="box" x="5" y="5" width="90" height="30" fill="teal"/><text x="10" y="80" font-size="30">Text</text>',
    "filter": (
        '<filter id="f"><feGaussianBlur stdDeviation="4"/></filter><rect id="sharp" width="40" height="40"/>'
        '<g filter="url(#f)" transform="rotate(10)"><circle id="soft" cx="60" cy="50" r="20" fill="red"/></g>'
    ),
    "mask": (
        '<linearGradient id="a"><stop stop-color="#fff"/><stop offset="1"/></linearGradient>'
        '<mask id="m"><rect width="100" height="100" fill="url(#a)"/></mask>'
        '<circle cx="50" cy="50" r="40" fill="navy" mask="url(#m)"/>'
    ),
    "pattern": (
        '<pattern id="p" width="10" height="10" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="red"/></pattern>'
        '<circle cx="50" cy="50" r="40" fill="url(#p)" stroke="black"/>'
    ),
    "focus": f'<radialGradient id="a" fx=".2" fy=".2">{STOPS}</radialGradient><circle cx="50" cy="50" r="40" fill="url(#a)"/>',
    "markers": (
        '<marker id="m" markerWidth="4" markerHeight="4" refX="2" refY="2" orient="auto"><path d="M0 0L4 2L0 4Z"/></marker>'
        '<path d="M10 10L50 80L90 20" fill="none" stroke="navy" stroke-width="4" marker-end="url(#m)"/>'
    ),
    "blend": (
        '<rect width="60" height="60" fill="gold"/>'
        '<circle cx="60" cy="60" r="35" fill="teal" style="mix-blend-mode:multiply"/>'
    ),
    "image": (
        '<image x="10" y="10" width="80" height="60" preserveAspectRatio="none" href="data:image/png;base64,iVBORw0KGgo'
        'AAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg=="/>'
    ),
    "used_picture": (
        '<filter id="f"><feGaussianBlur stdDeviation="3"/></filter><defs><circle id="c" r="15" filter="url(#f)"/></defs>'
        '<use href="#c" x="30" y="30"/><use href="#c" x="70" y="70" fill="red"/>'
    ),
}
"""Those in which something becomes a picture."""
