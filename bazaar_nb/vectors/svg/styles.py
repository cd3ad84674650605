"""What an SVG's elements look like: attributes, style sheets and what is inherited.

See https://www.w3.org/TR/SVG2/styling.html.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from bazaar_nb.draw.svg_reading import local_name

Style = dict[str, str]

INHERITED = frozenset({
    "color", "fill", "fill-opacity", "fill-rule", "clip-rule", "stroke", "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "visibility",
    "paint-order", "marker-start", "marker-mid", "marker-end", "font-size",
})  # fmt: skip
OWN = frozenset({
    "opacity", "display", "clip-path", "mask", "filter", "mix-blend-mode", "stop-color", "stop-opacity",
    "vector-effect", "transform-origin",
})  # fmt: skip
_DECLARATION = re.compile(
    r"([\w-]+)\s*:\s*((?:[^;\"'(]|\"[^\"]*\"|'[^']*'|\((?:[^()\"']|\"[^\"]*\"|'[^']*')*\))+)"
)


def take_in_sheets(root: Element) -> None:
    """Write what style sheets say into the elements that they are for, and leave the sheets out."""
    sheets = [(parent, child) for parent in root.iter() for child in parent if local_name(child) == "style"]
    if not sheets:
        return
    text = "\n".join("".join(sheet.itertext()) for _, sheet in sheets if _is_css(sheet))
    for parent, sheet in sheets:
        parent.remove(sheet)
    if text.strip():
        _apply(root, text)


def _is_css(sheet: Element) -> bool:
    return sheet.get("type", "text/css") in ("", "text/css")


def _apply(root: Element, text: str) -> None:
    import cssselect2  # few drawings have sheets
    import tinycss2

    matcher = cssselect2.Matcher()
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":  # fonts, media and imports: nothing is fetched
            continue
        said = [
            (one.lower_name, tinycss2.serialize(one.value).strip(), one.important)
            for one in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
            if one.type == "declaration"
        ]
        try:
            selectors = cssselect2.compile_selector_list(rule.prelude)
        except cssselect2.SelectorError:
            continue  # as CSS has it: what isn't understood counts for nothing
        for selector in selectors:
            if selector.pseudo_element is None:
                matcher.add_selector(selector, said)
    for wrapped in cssselect2.ElementWrapper.from_xml_root(root).iter_subtree():
        found: Style = {}
        late: Style = {}
        for _, _, _, said in sorted(matcher.match(wrapped), key=lambda match: match[:2]):
            for name, value, important in said:
                (late if important else found)[name] = value
        if found or late:
            element = wrapped.etree_element
            found.update(declarations(element.get("style", "")))
            found.update(late)
            element.set("style", ";".join(f"{name}:{value}" for name, value in found.items()))


def declarations(text: str) -> Style:
    """Read a `style` attribute."""
    return {
        name.lower(): re.sub(r"\s*!\s*important\s*$", "", value).strip()
        for name, value in _DECLARATION.findall(text)
    }


def declared(element: Element) -> Style:
    """Give what an element says of its own look: the style before the attributes."""
    found = {
        name: value.strip() for name, value in element.attrib.items() if name in INHERITED or name in OWN
    }
    if "style" in element.attrib:
        found.update(declarations(element.attrib["style"]))
    return found


def computed(element: Element, around: Style) -> Style:
    """Give an element's whole style, in one of this style."""
    style = {name: value for name, value in around.items() if name in INHERITED}
    for name, value in declared(element).items():
        if value == "inherit":
            if name in around:
                style[name] = around[name]
        else:
            style[name] = value
    return style
