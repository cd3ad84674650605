"""How the documentation is built: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS / "extensions"), str(DOCS.parent)]

import bazaar_nb as bz  # noqa: E402 (this checkout's)

project = "bazaar_nb"
author = "The bazaar_nb developers"
copyright = "2026, the bazaar_nb developers"
version = release = bz.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_design",
    "film_directive",
    "table_directive",
    "gallery_directive",
]
exclude_patterns = ["_build", "extensions", "static", "**/.ipynb_checkpoints"]
templates_path = ["templates"]
default_role = "py:obj"

nb_execution_mode = "off"  # the notebooks run in the tests; films on these pages are made by `film_directive`
myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3

autosummary_generate = True
autosummary_context = {"top_level": bz.__all__}  # a class that is in a room as well has one description
autodoc_default_options = {"show-inheritance": False}
autodoc_typehints = "none"  # the signature of numpydoc's sections says them in words
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "bazaar_nb"
html_static_path = ["static"]
html_css_files = ["films.css"]
html_favicon = "static/favicon.svg"
html_js_files = [("films.js", {"defer": "defer"}), ("names.js", {"defer": "defer"})]
html_extra_path = ["llms.txt"]
html_copy_source = True
html_show_sourcelink = False
html_theme_options = {
    "show_toc_level": 2,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "show_version_warning_banner": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "back_to_top_button": True,
}
suppress_warnings = ["mystnb.unknown_mime_type"]
