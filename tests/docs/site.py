"""Checks a built site, as ``make docs`` does: its links, and with axe a page of each kind.

    python -m tests.docs.site docs/_build/html [--all] [--shots FOLDER]

With ``--all`` every page that was written by hand is looked at, which takes minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.docs.accessibility import AXE, page_problems
from tests.docs.links import broken_links
from tests.lab.jupyter import BROWSERS, browser_path, chromium, driver_problem

PAGES = (
    "index.html",
    "search.html",
    "genindex.html",
    "tutorial/first_film.html",
    "guides/where_it_runs.html",
    "explanation/frame.html",
    "gallery/words.html",
    "reference/elements.html",
    "reference/settings.html",
    "reference/errors.html",
    "reference/vocabulary.html",
    "reference/generated/bazaar_nb.Composition.html",
)
"""One of each kind."""


def main() -> None:
    """Say what is wrong with a site; end with 1 if anything is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("site", type=Path, help="the folder of the built site")
    parser.add_argument("--all", action="store_true", help="look at every page that was written by hand")
    parser.add_argument("--shots", type=Path, help="a folder for pictures of the pages")
    options = parser.parse_args()
    problems = check_site(options.site.resolve(), every=options.all, shots=options.shots)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


def check_site(site: Path, *, every: bool = False, shots: Path | None = None) -> list[str]:
    """Give a line for each thing that is wrong."""
    problems = broken_links(site)
    count = len(list(site.rglob("*.html")))
    print(f"{count} pages, {len(problems)} broken links", flush=True)
    names = written_pages(site) if every else PAGES
    if missing := [name for name in names if not (site / name).is_file()]:
        return [*problems, *(f"{name}: there is no such page" for name in missing)]
    if why := _no_axe():
        print(f"Not looked at with axe: {why}", file=sys.stderr)
        return problems
    if shots is not None:
        shots.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name in names:
            found = page_problems(browser, site, name, shots)
            print(f"{name}: {len(found) or 'nothing'} found", flush=True)
            problems += found
    return problems


def written_pages(site: Path) -> tuple[str, ...]:
    """Give the pages of a site that were written by hand, and a few others."""
    written = {
        str(path.relative_to(site))
        for path in site.rglob("*.html")
        if "generated" not in path.parts and not path.name.startswith("_")
    }
    return tuple(sorted(written | set(PAGES)))


def _no_axe() -> str:
    """Say why axe can't run here; nothing if it can."""
    if not AXE.is_file():
        return "axe-core is not installed: run `python hatch_build.py --check` in the repository"
    try:
        browser_path()
    except AssertionError:
        return f"there is none of {', '.join(BROWSERS)}"
    return driver_problem()


if __name__ == "__main__":
    main()
