"""Figures with letters that matplotlib's own font lacks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager
from numpy.typing import NDArray

import bazaar_nb as bz
from bazaar_nb.draw import figure_fonts
from bazaar_nb.draw.fonts import system_faces
from bazaar_nb.scene.elements import Figure
from bazaar_nb.scene.function_registry import letters_of
from tests.draw.stage import Stage

pytestmark = pytest.mark.skipif(
    "Noto Sans CJK SC" not in {face.family for face in system_faces()},
    reason="needs fonts-noto-cjk, see tests/system-packages.sh",
)


def write(fig: Any, word: str, **how: Any) -> None:
    fig.text(0.05, 0.3, word, fontsize=40, **how)


def figure_of(plot: Any, *args: str) -> Figure:
    return Figure(plot, args)


def pixels_of(stage: Stage, figure: Figure) -> NDArray[np.uint8]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return stage.draw(figure).copy()


def differ(stage: Stage, *figures: Figure) -> bool:
    """Tell whether no two figures look the same, as they do when they are all boxes."""
    found = {pixels_of(stage, figure).tobytes() for figure in figures}
    return len(found) == len(figures)


@pytest.fixture
def told() -> Iterator[None]:
    """Let all be said again."""
    figure_fonts._told.clear()
    figure_fonts.figure_faces.cache_clear()
    yield
    figure_fonts._told.clear()
    figure_fonts.figure_faces.cache_clear()


def test_letters_of_all_kinds_are_drawn(stage: Stage) -> None:
    assert differ(stage, *(figure_of(write, word) for word in ("東京東", "京都京", "简体字", "かな", "한글")))


def test_texts_with_a_font_of_their_own_and_ticks_too(stage: Stage) -> None:
    def serif(fig: Any, word: str) -> None:
        write(fig, word, fontfamily="DejaVu Serif", fontweight="bold", fontstyle="italic")

    def ticks(fig: Any, word: str) -> None:
        fig.subplots().barh([word], [1])

    for plot in (serif, ticks):
        assert differ(stage, figure_of(plot, "東京東"), figure_of(plot, "京都京"))


def test_a_font_is_found_that_matplotlib_has_not_seen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [entry for entry in font_manager.fontManager.ttflist if entry.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", entries)
    assert differ(stage, figure_of(write, "新"), figure_of(write, "旧"))


def test_only_what_needs_it_depends_on_a_font(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, other = figure_of(write, "Größe"), figure_of(write, "売上")
    (latin,), (cjk,) = (stage.tree(one).elements for one in (plain, other))
    assert isinstance(latin, Figure)
    assert isinstance(cjk, Figure)
    assert latin.fonts == ()
    assert latin.drawn_by == cjk.drawn_by == f"matplotlib {mpl.__version__}"
    (font,) = cjk.fonts
    assert font.startswith("asset:")  # by its content: another version of it is another key
    # Where there is another font, or none, it is another tree.
    monkeypatch.setattr("bazaar_nb.draw.elements.figure.figure_faces", lambda letters: ((), ""))
    assert stage.tree(other) != stage.tree(cjk)
    assert stage.tree(plain).elements == (latin,)


GLOBAL = {"a": ["グ"]}


def test_letters_are_found_wherever_a_function_has_them() -> None:
    inner, table = "閉", pd.DataFrame({"列": ["値"], "kind": pd.Categorical(["類"])})
    array = np.array(["配列"])

    def plot(fig: Any, default: str = "既") -> None:
        """説明 is no text that is drawn."""
        fig.text(0, 0, "常" + inner + default + GLOBAL["a"][0] + str(table) + str(array) + "".join({"集"}))

    assert set(letters_of(figure_of(plot).plot)) == set("閉列値類配既常グ集")


def test_where_no_font_has_them_it_is_said_once_and_by_us(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, told: None
) -> None:
    monkeypatch.setattr(figure_fonts, "find_face_for", lambda *_: None)
    with pytest.warns(UserWarning, match="boxes") as caught:
        stage.draw(figure_of(write, "東京"), figure_of(write, "京都"), figure_of(write, "都"))
    said = [str(warning.message) for warning in caught if warning.category is UserWarning]
    assert len(said) == 2
    assert "matplotlib draws boxes for '東' (U+6771), '京' (U+4EAC): no font on this system has" in said[0]
    assert "noto" in said[0].lower()
    assert "boxes for '都' (U+90FD):" in said[1]


def test_letters_that_nobody_could_know_of_are_told(stage: Stage, told: None) -> None:
    def plot(fig: Any) -> None:
        fig.text(0, 0.5, chr(0x6F22))

    with pytest.warns(
        UserWarning, match=r"boxes for '漢' \(U\+6F22\): fonts are found for letters in"
    ) as caught:
        stage.draw(figure_of(plot))
    assert len([warning for warning in caught if warning.category is UserWarning]) == 1


def test_emoji_are_no_font_for_matplotlib(stage: Stage, told: None) -> None:
    with pytest.warns(UserWarning, match=r"boxes for '🎬' \(U\+1F3AC\)"):
        stage.draw(figure_of(write, "🎬 東"))


def test_workers_have_the_font(tmp_path: Any) -> None:
    @bz.scene(duration=0.2)
    def figure(frame: bz.Frame, word: str) -> list[Any]:
        return [figure_of(write, word)]

    where = bz.Workspace(tmp_path, engine="local", workers=1)
    try:
        films = [
            bz.Composition([figure(word=word)], width=128, height=96, fps=10) for word in ("売上", "上売")
        ]
        sizes = [film.export("film.mp4", workspace=where, progress=False) for film in films]
    finally:
        where.close()
    assert sizes[0].path.read_bytes() != sizes[1].path.read_bytes()
    assert list(where.store.list("assets/"))
