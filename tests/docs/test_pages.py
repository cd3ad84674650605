"""The documentation: the code on its pages runs, its tables are whole, nothing public is left out."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bazaar_nb as bz
from bazaar_nb.doctor import report

DOCS = Path(__file__).parents[2] / "docs"
sys.path.append(str(DOCS / "extensions"))
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)
_BLOCK = re.compile(r"^```\{(film|run)\}\n(?::[\w-]+:[^\n]*\n)*\n?(.*?)^```$", re.MULTILINE | re.DOTALL)


def with_code() -> list[Path]:
    return [page for page in PAGES if _BLOCK.search(page.read_text())]


def name_of(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize("page", with_code(), ids=name_of)
def test_code_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from film_directive import as_film, lay_data, run_code

    lay_data(tmp_path)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"bz": bz, "np": np, "pd": pd, "__name__": "page"}
    for kind, code in _BLOCK.findall(page.read_text()):
        value = run_code(code, namespace, name_of(page))
        if kind == "film" or isinstance(value, bz.Composition):
            film = as_film(value)
            for at in (0, film.frames // 2, film.frames - 1):
                film.still(at, scale=0.1)


def public_names() -> Iterator[str]:
    """Give all that is public, as ``Text`` and ``charts.Bars``."""
    for name in bz.__all__:
        value = getattr(bz, name)
        room = getattr(value, "__all__", None)
        if room is None or isinstance(value, type):
            yield name
        else:
            yield from (f"{name}.{part}" for part in room)


def test_the_reference_has_every_public_name_once() -> None:
    listed = [
        line.strip()
        for page in (DOCS / "reference").glob("*.md")
        for block in re.findall(r"\.\. autosummary::\n(.*?)```", page.read_text(), re.DOTALL)
        for line in block.splitlines()
        if re.fullmatch(r"   [\w.]+", line)
    ]
    errors = [name for name in bz.__all__ if name.endswith("Error")]
    assert sorted([*listed, *errors]) == sorted(public_names())


def test_the_settings_have_every_variable() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(bz.__file__).parent.rglob("*.py"))
    known = set(re.findall(r"BAZAAR_[A-Z_]+[A-Z]", code))
    told = set(re.findall(r"BAZAAR_[A-Z_]+[A-Z]", (DOCS / "reference" / "settings.md").read_text()))
    assert told == known


def test_every_error_says_its_cause_and_what_to_do() -> None:
    for name in bz.__all__:
        if name.endswith("Error"):
            doc = getattr(bz, name).__doc__
            assert "\n    Cause: " in doc, name
            assert "\n    What to do: " in doc, name


def test_the_vocabulary_names_what_is_there() -> None:
    text = (DOCS / "reference" / "vocabulary.md").read_text()
    table = text.partition("## What there is")[2].partition("## ")[0]
    names = set(re.findall(r"`(\w+)(?:\([\d.]*\))?`s?", table.partition("\n|")[2]))
    assert {"Fill", "Figure", "spring", "ease_out", "fade"} <= names
    assert [name for name in names if not hasattr(bz, name)] == []


def test_errors_read_as_troubleshooting_says() -> None:
    @bz.scene(duration=1)
    def title(_frame: bz.Frame) -> list[bz.Fill | bz.Text]:
        return [bz.Fill("navy"), bz.Text("a", size=-5)]

    text = (DOCS / "guides" / "troubleshooting.md").read_text()
    film = bz.Composition([title()])
    with pytest.raises(bz.ElementError) as bad_element:
        film.frame(0)
    with pytest.raises(bz.SettingsError) as bad_settings:
        film.export("review.mp4", codec="vp9")
    for error in (bad_element, bad_settings):
        assert f"{error.type.__name__}: {error.value}\n" in text


def test_the_doctors_lines_are_those_that_it_prints(tmp_path: Path) -> None:
    out = io.StringIO()
    report(str(tmp_path), out)
    sample = re.search(
        r"^\$ bazaar doctor\n(.*?)^```", (DOCS / "guides/troubleshooting.md").read_text(), re.M | re.S
    )
    assert sample
    told, shown = (
        [re.fullmatch(r"(ok|note|problem) +(\w+) +(.+)", line) for line in text.splitlines()]
        for text in (out.getvalue(), sample[1])
    )
    assert [line and line[2] for line in shown] == [line and line[2] for line in told]
    encoders = [line[3] for lines in (told, shown) for line in lines if line and line[2] == "encoders"]
    assert encoders[0] == encoders[1]
