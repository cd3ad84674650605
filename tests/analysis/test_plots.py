"""The pictures: what they say, that all of it is inside, and that nothing of the user's style is touched."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from bazaar_nb import analysis
from bazaar_nb.draw import figure_fonts
from bazaar_nb.draw.fonts import system_faces
from bazaar_nb.errors import InvalidValueError
from tests.analysis.samples import T0, event, history, many, render, watching

Picture = Callable[[pd.DataFrame, pd.DataFrame], Any]
PICTURES: dict[str, Picture] = {
    "outcomes by day": lambda h, e: analysis.plot_outcomes(analysis.outcomes(h)),
    "outcomes by month": lambda h, e: analysis.plot_outcomes(analysis.outcomes(h, period="month")),
    "success rate": lambda h, e: analysis.plot_success_rate(analysis.outcomes(h, by="project")),
    "cache": lambda h, e: analysis.plot_cache(analysis.cache(h, period="month")),
    "errors": lambda h, e: analysis.plot_errors(analysis.errors(h)),
    "popular": lambda h, e: analysis.plot_popular(analysis.popular(h, by=["project", "codec"])),
    "engagement": lambda h, e: analysis.plot_engagement(analysis.engagement(h, e)),
    "retention": lambda h, e: analysis.plot_retention(analysis.retention(h, e, by="project")),
    "stages": lambda h, e: analysis.plot_stages(analysis.stages(h, by="project")),
    "costs": lambda h, e: analysis.plot_costs(analysis.costs(h, engagement=e)),
    "costs by month": lambda h, e: analysis.plot_costs(analysis.costs(h, by="month", engagement=e)),
    "speed": lambda h, e: analysis.plot_speed(analysis.speed(h)),
    "speed by render": lambda h, e: analysis.plot_speed(analysis.speed(h, by="render")),
    "anomalies": lambda h, e: analysis.plot_anomalies(analysis.anomalies(h)),
}  # fmt: skip


@pytest.fixture(autouse=True)
def pyplot() -> Iterator[Any]:
    mpl.use("agg")
    import matplotlib.pyplot as plt

    with plt.style.context("dark_background"):
        before = dict(mpl.rcParams)
        yield plt
        assert dict(mpl.rcParams) == before
    plt.close("all")


def watched(renders: pd.DataFrame) -> pd.DataFrame:
    ids = renders["render_id"][renders["status"] == "succeeded"].tolist()[:30]
    rows = [event(i, "play", name, view=f"v{i}") for i, name in enumerate(ids)]
    rows += [
        event(i + 100, "watch", name, view=f"v{i}", watched_fraction=i % 7 / 6) for i, name in enumerate(ids)
    ]
    return watching(*rows, *(event(i + 200, "download", name) for i, name in enumerate(ids[::3])))


def year() -> pd.DataFrame:
    renders = many(500)
    rows = np.flatnonzero(renders["status"] == "succeeded")[::50]
    renders.loc[rows, "render_s"] *= 30
    return renders


def long_names() -> pd.DataFrame:
    return history(
        *(
            render(
                i,
                status="failed" if i % 3 else "succeeded",
                project=f"Kommunikation $5 und $6, Abteilung\nfür {'sehr ' * 20} lange Namen {i % 4}",
                composition="A film that somebody named without a thought of charts " * 3,
                error_class=f"{'Botocore' * 9}Error{i}",
                created=T0 + dt.timedelta(days=i),
            )
            for i in range(30)
        )
    )


HISTORIES = {"a year": year, "one": lambda: history(render(0)), "long names": long_names, "none": history}


def texts(ax: Any) -> list[Any]:
    from matplotlib.text import Text

    return [text for text in ax.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize("kind", HISTORIES)
def test_all_that_is_said_is_inside(kind: str, pyplot: Any) -> None:
    renders = HISTORIES[kind]()
    events = watched(renders)
    for name, draw in PICTURES.items():
        ax = draw(renders, events)
        figure = ax.figure
        figure.canvas.draw()
        page = figure.bbox
        for text in texts(ax):
            box = text.get_window_extent()
            inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1
            ticks = {*ax.get_xticklabels(minor=False), *ax.get_yticklabels(minor=False)}
            assert inside or (text in ticks and not shown(text, ax)), (name, text.get_text(), box)
        labels = sorted(
            (t.get_window_extent() for t in ax.get_xticklabels() if shown(t, ax)), key=lambda b: b.x0
        )
        for one, other in itertools.pairwise(labels):
            assert one.x1 < other.x0, (name, "dates or numbers overlap")
        assert figure.get_facecolor() == (1, 1, 1, 1)
        assert ax.get_facecolor() == (1, 1, 1, 1)
        assert ax.get_title(loc="left"), name
        if kind == "none":
            assert len(texts(ax)) == 2, name
            assert "no" in texts(ax)[0].get_text().lower() + texts(ax)[1].get_text().lower()
        pyplot.close(figure)


def shown(label: Any, ax: Any) -> bool:
    """Whether a tick's label is within the limits of its axis, so that it is drawn."""
    x, y = label.get_position()
    (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    horizontal = label in ax.get_xticklabels()
    return bool(label.get_text()) and (left <= x <= right if horizontal else low <= y <= high)


def test_they_say_what_the_tables_say() -> None:
    renders = year()
    table = analysis.popular(renders, by="format")
    said = [text.get_text() for text in texts(analysis.plot_popular(table))]
    for name, count in zip(table["format"], table["renders"], strict=True):
        assert name in said
        assert any(text.startswith(f"{count:,} (") for text in said)
    outcomes = analysis.outcomes(renders, period="month")
    ax = analysis.plot_outcomes(outcomes)
    legend = ax.get_legend()
    assert legend is not None
    key = [text.get_text() for text in legend.get_texts()]
    assert f"succeeded {outcomes['succeeded'].sum():,}" in key
    heights = [bar.get_height() for bar in ax.containers[0]]
    assert heights == outcomes["succeeded"].tolist()
    assert [t.get_text() for t in ax.get_xticklabels()][:2] == ["Mar\n2026", "May"]
    assert ax.get_ylabel() == "renders"
    costs = analysis.plot_costs(analysis.costs(renders, by="project"))
    assert costs.get_xlabel() == "USD"


def test_names_are_no_formulas() -> None:
    ax = analysis.plot_popular(analysis.popular(history(render(0, project="from $5 to $9")), by="project"))
    ax.figure.canvas.draw()
    label = ax.get_yticklabels()[0]
    assert label.get_text() == r"from \$5 to \$9"


def test_of_long_names_side_by_side_something_of_each_is_left() -> None:
    ax = analysis.plot_popular(analysis.popular(long_names(), by=["composition", "project", "codec"]))
    assert {label.get_text() for label in ax.get_yticklabels()} == {"A film that s… · Kommunikation… · h264"}


def test_they_draw_on_axes_that_are_given(pyplot: Any) -> None:
    figure, places = pyplot.subplots(1, 2, layout="constrained")
    ax = analysis.plot_stages(analysis.stages(year()), ax=places[1])
    assert ax is places[1]
    key = ax.get_legend()
    assert key is not None
    figure.canvas.draw()
    assert key.get_window_extent().x1 <= figure.bbox.x1 + 1  # in two lines: there is little room
    assert len({round(text.get_window_extent().y0) for text in key.get_texts()}) == 2
    analysis.plot_costs(analysis.costs(year(), by="project"), ax=places[0])
    assert mpl.colors.to_hex(places[0].xaxis.label.get_color()) != "#ffffff"  # dark text on white
    assert pyplot.get_fignums() == [figure.number]
    with pytest.raises(InvalidValueError, match="`ax` must be matplotlib axes"):
        analysis.plot_cache(analysis.cache(history()), ax=figure)
    with pytest.raises(InvalidValueError, match="must be what `errors` gives: it lacks error_class"):
        analysis.plot_errors(analysis.popular(history()))
    with pytest.raises(InvalidValueError, match="must be what `outcomes` gives: got None"):
        analysis.plot_outcomes(None)  # type: ignore[arg-type]


def test_a_million_points_are_not_drawn() -> None:
    ax = analysis.plot_speed(pd.concat([analysis.speed(year(), by="render")] * 20, ignore_index=True))
    assert sum(np.asarray(points.get_offsets()).shape[0] for points in ax.collections) <= 4000
    assert "of 8," in ax.get_xlabel()


def drawn(word: str, missing: bool = False) -> bytes:
    """Draw a chart with a word as a project's name, and give its pixels."""
    ax = analysis.plot_popular(analysis.popular(history(render(1, project=word)), by="project"))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["□□" if missing else word]
    ax.figure.canvas.draw()
    canvas: Any = ax.figure.canvas
    return bytes(canvas.buffer_rgba())


@pytest.mark.skipif(
    "Noto Sans CJK SC" not in {face.family for face in system_faces()},
    reason="needs fonts-noto-cjk, see tests/system-packages.sh",
)
def test_names_in_any_script_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({drawn(word) for word in ("東京", "京東", "简体", "かな", "한글")}) == 5
    # Where no font has them, it is said once, by us, and boxes are drawn.
    monkeypatch.setattr(figure_fonts, "find_face_for", lambda *_: None)
    figure_fonts.figure_faces.cache_clear()
    figure_fonts._told.clear()
    with pytest.warns(UserWarning, match="matplotlib draws boxes for") as caught:
        assert len({drawn(word, missing=True) for word in ("東京", "京東")}) == 1
    figure_fonts.figure_faces.cache_clear()
    figure_fonts._told.clear()
    assert len(caught) == 1
