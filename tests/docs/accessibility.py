"""Pages for other eyes, hands and screens: axe looks at them, wide and narrow, light and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

AXE = Path(__file__).parents[2] / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
"""axe-core, which `widgets/package-lock.json` names."""
WIDTHS = (400, 1400)
SCHEMES = ("light", "dark")
_HEIGHT = 900
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
async (tags) => {
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) => ({
    id, help, nodes: nodes.map(({ target, failureSummary }) => [target.join(" "), failureSummary]),
  }));
}
"""
# A page that is wider than the screen is scrolled sideways to be read.
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def page_problems(browser: Browser, site: Path, name: str, shots: Path | None = None) -> list[str]:
    """Give a line for each thing that is wrong with a page, at each width and in each theme.

    Parameters
    ----------
    site : Path
        The folder of a built site.
    name : str
        Of the page, below it.
    shots : Path, optional
        A folder for pictures of it.
    """
    problems = []
    for scheme in SCHEMES:
        for width in WIDTHS:
            page = browser.new_page(
                viewport={"width": width, "height": _HEIGHT},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",  # what moves has another contrast in each moment
                bypass_csp=True,
            )
            try:
                page.goto((site / name).as_uri(), wait_until="load")
                where = f"{name} ({scheme}, {width} px)"
                if (over := page.evaluate(_TOO_WIDE)) > 0:
                    problems.append(f"{where}: {over} px wider than the screen")
                page.add_script_tag(content=AXE.read_text("utf-8"))
                problems += [f"{where}: {line}" for one in page.evaluate(_RUN, _TAGS) for line in _lines(one)]
                if shots is not None:
                    stem = name.replace("/", "-").removesuffix(".html")
                    page.screenshot(path=shots / f"{stem}-{scheme}-{width}.png")
            finally:
                page.close()
    return problems


def _lines(violation: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']}: {violation['help']}: {json.dumps(target)}: {' '.join(why.split())[:300]}"
        for target, why in violation["nodes"]
    ]
