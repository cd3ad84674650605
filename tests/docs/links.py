"""Links of a built site: each that stays within it must lead somewhere, down to the heading."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ADDRESSES = {
    "a": ("href",),
    "area": ("href",),
    "audio": ("src",),
    "form": ("action",),
    "iframe": ("src",),
    "img": ("src",),
    "link": ("href",),
    "script": ("src",),
    "source": ("src",),
    "track": ("src",),
    "video": ("src", "poster"),
}
_OUTSIDE = ("http", "https", "mailto")
_WITHIN = ("data", "blob", "javascript")  # lead nowhere else


@dataclass
class Page:
    """What a page of HTML has.

    Attributes
    ----------
    names : set of str
        Places in the page that can be linked to.
    addresses : list of (int, str)
        What it links to, each with its line.
    """

    names: set[str] = field(default_factory=set)
    addresses: list[tuple[int, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.page.names |= {given[name] or "" for name in ("id", "name") if name in given}
        line = self.getpos()[0]
        self.page.addresses += [(line, given[one] or "") for one in _ADDRESSES.get(tag, ()) if one in given]


def read_page(path: Path) -> Page:
    """Read a page."""
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return reader.page


def broken_links(site: Path) -> list[str]:
    """Give a line for each link that leads nowhere, or is no address at all.

    Parameters
    ----------
    site : Path
        The folder of a built site. Other sites are not asked: of what leads there only the form is looked at.
    """
    found = []
    root = site.resolve()
    files = [path for path in sorted(root.rglob("*.html")) if path.relative_to(root).parts[0] != "_static"]
    pages = {path: read_page(path) for path in files}
    for path, page in pages.items():
        for line, address in page.addresses:
            if problem := _problem(root, pages, path, address):
                found.append(f"{path.relative_to(root)}:{line}: {address or '(empty)'}: {problem}")
    return found


def _problem(root: Path, pages: dict[Path, Page], page: Path, address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError as error:
        return f"no address: {error}"
    if parts.scheme in _WITHIN:
        return ""
    if parts.scheme or parts.netloc:
        whole = parts.scheme in _OUTSIDE and (parts.scheme == "mailto" or "." in parts.netloc)
        return "" if whole and not any(map(str.isspace, address)) else "no address of another site"
    if not parts.path and not parts.fragment:
        return "" if address == "#" else "leads nowhere"
    path = unquote(parts.path)
    base = root / path.lstrip("/") if path.startswith("/") else page.parent / path
    target = page if not path else base.resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(root):
        return "leads out of the site"
    if not target.is_file():
        return "there is no such file"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].names:
        return "the page has no such place"
    return ""
