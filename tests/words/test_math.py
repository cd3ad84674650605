"""Formulas: set, their parts found by name, written, and changed into the next."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np
import pytest

import bazaar_nb as bz
from tests.words.stage import film_of, pixels, shown_at

Math: Any = bz.words.Math
ENGINES = {
    "mathtext": (r"a x^2 + b x + c = 0", r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}", "b^2-4ac"),
    "typst": ("a x^2 + b x + c = 0", "x = (-b plus.minus sqrt(b^2 - 4 a c)) / (2 a)", "b^2 - 4 a c"),
}


def colors_of(film: bz.Composition, frame: int = 0) -> np.ndarray[Any, Any]:
    return np.asarray(film.still(frame), int)


@pytest.mark.parametrize("engine", ENGINES)
def test_parts_are_found_by_name_where_they_stand(engine: str) -> None:
    _, source, inner = ENGINES[engine]
    formula = Math(source, engine=engine, parts={"discriminant": inner}, colors={"discriminant": "#ff0000"})
    assert formula.find("discriminant") == formula.find(inner)
    assert len(formula.find("discriminant")) == 6
    film = film_of(lambda frame: formula.show(frame))
    found: list[Any] = []
    shown_at(lambda frame: found.append(formula.box("discriminant", frame)), 0)
    left, top, right, bottom = found[0]
    y, x = np.nonzero((colors_of(film)[:, :, 0] > 100) & (colors_of(film)[:, :, 1] < 50))
    assert (x.min(), x.max() + 1) == pytest.approx((left, right), abs=1.5)
    assert (y.min(), y.max() + 1) == pytest.approx((top, bottom), abs=1.5)
    assert len(Math("x + x", engine=engine).find("x")) == 2
    assert Math("x + x", engine=engine).find("x[2]") == (2,)
    with pytest.raises(bz.InvalidValueError, match="'z' is no part of the formula"):
        formula.find("z")


@pytest.mark.parametrize("engine", ENGINES)
def test_one_becomes_the_next_and_what_stays_moves(engine: str) -> None:
    before, after = (Math(source, engine=engine, colors={"x": "#ff0000"}) for source in ENGINES[engine][:2])

    def at(time: float) -> Any:
        return shown_at(lambda frame: before.become(after, frame, start=0.5, duration=1), time)

    assert at(0.4) == shown_at(lambda frame: before.show(frame), 0)
    assert at(1.5) == shown_at(lambda frame: after.show(frame), 0)
    film = film_of(lambda frame: before.become(after, frame, start=0.5, duration=1))
    middles = []
    for frame in (5, 8, 10, 12, 16):
        _, x = np.nonzero((colors_of(film, frame)[:, :, 0] > 150) & (colors_of(film, frame)[:, :, 1] < 60))
        assert len(x)  # the x is there in every frame
        middles.append(x.min())
    assert len(set(middles)) > 3
    # No jump as it comes to rest.
    assert np.abs(pixels(film, 14) - pixels(film, 15)).mean() < 2.5


def test_a_formula_writes_itself_from_left_to_right() -> None:
    formula = Math(r"\sum_{i=1}^n i = \frac{n(n+1)}{2}")
    film = film_of(lambda frame: formula.write(frame))
    light = [pixels(film, frame) for frame in (0, 5, 12, 29)]
    assert light[0].max() == 0
    assert 0 < light[1].sum() < light[2].sum() <= light[3].sum() * 1.05
    assert np.flatnonzero(light[1].max(axis=0)).max() < np.flatnonzero(light[3].max(axis=0)).max()
    assert shown_at(lambda frame: formula.write(frame), 2.9) == shown_at(lambda frame: formula.show(frame), 0)


@pytest.mark.parametrize("mark", ["color", "box"])
def test_a_part_is_told_apart(mark: str) -> None:
    formula = Math("E = m c^2")
    film = film_of(lambda frame: formula.highlight(frame, "m", mark=mark, color="#ff0000", leave=2))
    red = [
        ((picture[:, :, 0] > 150) & (picture[:, :, 1] < 90)).sum()
        for picture in (colors_of(film, f) for f in (0, 15, 29))
    ]
    assert red[0] == red[2] == 0
    assert red[1] > 30


@pytest.mark.parametrize("shape", [(640, 360), (360, 640)])
def test_a_formula_fits_into_any_frame(shape: tuple[int, int]) -> None:
    long = Math("+".join(f"x_{{{i}}}" for i in range(40)))
    film = film_of(lambda frame: long.show(frame), width=shape[0], height=shape[1])
    _, x = np.nonzero(pixels(film))
    assert 0.06 * shape[0] < x.min()
    assert x.max() < 0.94 * shape[0]


def test_a_part_is_moved_by_its_name_and_the_rest_stays() -> None:
    formula = Math(r"E = m c^2", parts={"mass": "m"}, size=80)

    def shown(**changes: Any) -> np.ndarray[Any, Any]:
        return pixels(film_of(lambda frame: formula.show(frame, {"mass": changes})))

    there, gone, up = pixels(film_of(formula.show)), shown(opacity=0), shown(dy=-100, color="red")
    assert np.abs(shown(dy=0) - there).max() <= 16, "no more than smooth edges"
    middles = [np.argwhere(np.abs(picture - gone) > 40).mean(axis=0) for picture in (there, up)]
    assert np.abs(middles[1] - middles[0] - (-100, 0)).max() < 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: shown_at(lambda frame: Math("x").show(frame, {"x": {"z": 3}}), 1),
            r"dx, dy, rotation, scale, opacity and color can be changed, got \{'z': 3\} \(moved\['x'\]",
        ),
        (lambda: shown_at(lambda frame: Math("x").show(frame, {"y": {}}), 1), "'y' is no part"),
        (lambda: shown_at(lambda frame: Math("x").show(frame, {"x": {"dx": "far"}}), 1), "`dx` must be a"),
        (lambda: Math(r"\frac{a}{"), r"doesn't parse at letter 6"),
        (lambda: Math(r"a + \foo{b}"), r"doesn't parse at letter 5, 'a \+ ▸.*Unknown symbol"),
        (lambda: Math("frac(a", engine="typst"), "doesn't compile at letter 5, 'frac▸.*unclosed delimiter"),
        (lambda: Math("a + foo(b)", engine="typst"), "unknown variable: foo"),
        (
            lambda: Math('#read("/etc/passwd")', engine="typst"),
            "no place for Typst's code, which could read files",
        ),
        (lambda: Math('std.read("x")', engine="typst"), "no place for Typst's code"),
        (lambda: Math('#import "@preview/cetz:0.2.0"', engine="typst"), "no place for Typst's code"),
        (lambda: Math('read("pyproject.toml")', engine="typst"), "unknown variable: read"),
        (lambda: Math(""), "a formula is text"),
        (lambda: Math("x" * 5000), "at most 4,000 letters"),
        (lambda: Math("x", engine="word"), "`engine` must be mathtext or typst"),
        (lambda: Math("x", colors={"y": "red"}), "'y' is no part"),
        (lambda: shown_at(lambda frame: Math("x").become("y", frame), 1), "a formula becomes a formula"),
    ],
)
def test_bad_input_is_told(make: Any, message: str) -> None:
    with pytest.raises(bz.BazaarError, match=message):
        make()


def test_without_typst_the_fix_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = importlib.import_module("bazaar_nb.words.formulas.typst_setting")
    setting.set_typst.cache_clear()
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(bz.MissingLibraryError, match=r"pip install 'bazaar_nb\[typst\]'"):
        Math("x", engine="typst")
