"""``{from-code}``: tables that are made of the code, so that they can't be out of date.

``{from-code} errors`` has every error with its cause, what to do, and the messages that it is raised with;
``{from-code} history renders`` (or segments, engagement) the columns of a table of the history.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import bazaar_nb as bz

PACKAGE = Path(bz.__file__).parent


class FromCodeDirective(SphinxDirective):
    """Give a table of the code as part of a page."""

    required_arguments = 1
    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Give its nodes."""
        what, *of = self.arguments
        text = history_table(*of) if what == "history" else errors_page()
        return list(self.parse_text_to_nodes(text, allow_section_headings=True))


def history_table(table: str) -> str:
    """Give the columns of one of the history's tables, as Markdown."""
    lines = ["| column | dtype | unit | meaning |", "|---|---|---|---|"]
    for name, row in bz.describe_history(table).iterrows():
        lines.append(f"| `{name}` | {row['dtype']} | {row['unit']} | {_cell(row['meaning'])} |")
    return "\n".join(lines)


def errors_page() -> str:
    """Give every error, with what raises it, as Markdown."""
    raised = messages_by_error()
    parts = []
    for name in sorted(name for name in bz.__all__ if name.endswith("Error")):
        kind = getattr(bz, name)
        builtin = next(base.__name__ for base in kind.__mro__ if base.__module__ == "builtins")
        also = "" if builtin == "Exception" else f"`except {builtin}` catches it, too."
        doc = textwrap.dedent((inspect.getdoc(kind) or "").partition("Attributes\n---")[0])
        text, _, example = doc.partition("Examples\n--------\n")
        text = re.sub(r"^(Cause|What to do):", r"**\1:**", text, flags=re.MULTILINE)
        # Those that show only what it is a kind of say it in code; `also` says it in words.
        shown = f"```pycon\n{example.strip()}\n```" if example and "__mro__" not in example else ""
        parts.append(f"## {name}\n\n{text.strip()}\n\n{also}\n\n{shown}\n")
        if raised[name]:
            listed = "\n".join(f"- `` {message} ``" for message in sorted(raised[name]))
            title = f"Its {len(raised[name])} messages" if len(raised[name]) > 1 else "Its message"
            parts.append(f":::{{dropdown}} {title}\n{listed}\n:::\n")
    return "\n".join(parts)


def messages_by_error() -> dict[str, set[str]]:
    """Find the messages that the code raises errors with; what is filled in stands as ``…``."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, message in _raised(ast.parse(path.read_text("utf-8"))):
            found[name].add(message)
    return found


def _raised(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name.endswith("Error") and hasattr(bz, name):
            message = re.sub("…+", "…", _wording(node.args[0]))
            if (
                len(re.findall(r"[A-Za-z]{2,}", message)) > 2
            ):  # else it is passed on, or put together elsewhere
                yield name, message


def _wording(node: ast.expr) -> str:
    """Give a message as it reads, with ``…`` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return " ".join(node.value.split())
    if isinstance(node, ast.JoinedStr):
        parts = ["…" if isinstance(part, ast.FormattedValue) else str(part.value) for part in node.values]  # type: ignore[attr-defined]
        return " ".join("".join(parts).split())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return f"{_wording(node.left)}{_wording(node.right)}"
    return "…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("from-code", FromCodeDirective)
    return {"parallel_read_safe": True}
