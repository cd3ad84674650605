"""What `make docs` says of a site: the site here is small, and has one of each fault."""

from __future__ import annotations

from pathlib import Path

from tests.docs.accessibility import AXE, SCHEMES, WIDTHS, page_problems
from tests.docs.links import broken_links
from tests.docs.site import PAGES, written_pages
from tests.lab.jupyter import chromium

DOCS = Path(__file__).parents[2] / "docs"
GOOD = """<!doctype html>
<html lang="en">
<head><meta name="viewport" content="width=device-width"><title>Good</title></head>
<body style="color: {ink}; background: {ground}"><main><h1 id="top">Good</h1>{body}</main></body>
</html>
"""


def write(path: Path, body: str, *, ink: str = "#000", ground: str = "#fff") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(GOOD.format(body=body, ink=ink, ground=ground))


def test_links_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (tmp_path / "outside.html").write_text("")
    write(site / "folder" / "index.html", '<a href="../page.html#top">back</a>')
    write(
        site / "page.html",
        '<a href="folder">a</a> <a href="folder/#top">b</a> <a href="#top">c</a> <a href="#">d</a>'
        '<a href="https://example.org/a?b#c">e</a> <a href="mailto:ada@example.org">f</a>'
        '<img src="data:image/png;base64,AAAA" alt="g"><a href="a%20name.html">h</a>',
    )
    write(site / "a name.html", "")
    assert broken_links(site) == []
    write(
        site / "page.html",
        '<a href="gone.html">a</a> <a href="folder/#gone">b</a> <a href="../outside.html">c</a>'
        '<a href="https://exa mple.org/">d</a> <a href="https:/example.org">e</a> <a href="">f</a>'
        '<video poster="gone.png" src="page.html"></video> <a href="#gone">g</a>',
    )
    said = [line.partition(": ")[2] for line in broken_links(site)]
    assert said == [
        "gone.html: there is no such file",
        "folder/#gone: the page has no such place",
        "../outside.html: leads out of the site",
        "https://exa mple.org/: no address of another site",
        "https:/example.org: no address of another site",
        "(empty): leads nowhere",
        "gone.png: there is no such file",
        "#gone: the page has no such place",
    ]


def test_axe_finds_what_is_wrong_with_a_page_in_one_theme_and_on_one_screen(tmp_path: Path) -> None:
    assert AXE.is_file(), "python hatch_build.py --check installs it"
    write(tmp_path / "good.html", "<p>It can be read.</p>")
    write(
        tmp_path / "bad.html",
        "<style>@media (prefers-color-scheme: dark) { p { color: #ddd } }</style>"
        '<p>It can not be read in the dark.</p><img src="data:,"><div style="width: 600px">wide</div>',
    )
    with chromium() as browser:
        assert page_problems(browser, tmp_path, "good.html") == []
        found = page_problems(browser, tmp_path, "bad.html")
    assert sum("image-alt" in line for line in found) == len(SCHEMES) * len(WIDTHS)
    contrast = [line for line in found if "color-contrast" in line]
    assert len(contrast) == len(WIDTHS)
    assert all("(dark, " in line for line in contrast)
    assert sum("wider than the screen" in line and ", 400 px)" in line for line in found) == len(SCHEMES)


def test_there_is_one_page_of_each_kind(tmp_path: Path) -> None:
    kinds = {path.parent.name for path in DOCS.glob("*/*.md")}
    assert kinds <= {name.partition("/")[0] for name in PAGES}
    for name in PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "reference" / "generated" / "bazaar_nb.Text.html").touch()
    assert written_pages(tmp_path) == tuple(sorted(PAGES))
