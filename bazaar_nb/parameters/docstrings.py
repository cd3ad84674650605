"""Reads NumPy-style docstrings: the summary, and what is said of each parameter.

The form is that of https://numpydoc.readthedocs.io/en/latest/format.html.
"""

from __future__ import annotations

import inspect
import re
from itertools import pairwise
from typing import NamedTuple

_RULE = re.compile(r"^-{3,}\s*$")


class Described(NamedTuple):
    """What a docstring says.

    Attributes
    ----------
    summary : str
        Its first paragraph, in one line.
    parameters : dict of str to str
        Descriptions by name, each in one line.
    """

    summary: str
    parameters: dict[str, str]


def read_docstring(text: str | None) -> Described:
    """Give what a docstring says; of one in another style only the summary."""
    lines = inspect.cleandoc(text or "").splitlines()
    first = "\n".join(lines).split("\n\n", 1)[0]
    return Described(" ".join(first.split()), _parameters(_section(lines, "Parameters")))


def _section(lines: list[str], title: str) -> list[str]:
    """Give the lines below a title, up to the next one."""
    heads = [
        number for number in range(len(lines) - 1) if _RULE.match(lines[number + 1]) and lines[number].strip()
    ]
    for head, stop in pairwise([*heads, len(lines)]):
        if lines[head].strip() == title:
            return lines[head + 2 : stop]
    return []


def _parameters(lines: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in lines:
        if line.strip() and not line[0].isspace():
            names = [name.strip().lstrip("*") for name in line.partition(":")[0].split(",")]
            found.update({name: [] for name in names})
        elif line.strip():
            for name in names:
                found[name].append(line.strip())
    return {name: " ".join(said) for name, said in found.items()}
