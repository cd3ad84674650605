"""What is wrong with a batch is told before anything is drawn: all of it, in one table."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import pytest

import bazaar_nb as bz
from tests.batches.cards import card, rows


def refused(table: Any, where: bz.Workspace, **more: Any) -> bz.BadRowsError:
    asked: dict[str, Any] = {"name": "{number}.mp4", "progress": False, "workspace": where, **more}
    with pytest.raises(bz.BadRowsError) as caught:
        bz.export_all(asked.pop("function", card), table, **asked)
    assert where.history().empty
    assert not where.root.exists() or not any(where.root.rglob("*.mp4"))
    return caught.value


def test_all_problems_are_in_one_table(inline: bz.Workspace) -> None:
    table = rows(8)
    table[1]["text"] = 7
    table[2] |= {"color": "golf", "number": -1}
    table[3]["text"] = "refused"
    table[4]["number"] = table[6]["number"] = 44
    error = refused(table, inline)
    found = {(row, column) for row, column in error.problems[["row", "column"]].itertuples(index=False)}
    assert found == {(1, "text"), (2, "color"), (2, "number"), (3, ""), (4, "name"), (6, "name")}
    assert str(error).startswith("5 of 8 rows are wrong, and no film of card() was begun; on_bad_rows")
    assert (
        "row 2, 'color': got 'golf', wanted a colour as 'tomato', '#2f6de0' or 'rgb(…)'; did you mean"
        in str(error)
    )
    assert "ValueError: no card says that" in str(error)
    assert "got '44.mp4', wanted a name that no other row has; row 6 has it, too" in str(error)
    assert pickle.loads(pickle.dumps(error)).problems.equals(error.problems)


@pytest.mark.parametrize(
    ("city", "wanted"),
    [
        ("a/b", "text without / or \\, which no file's name has"),
        ("..\\b", "text without / or \\, which no file's name has"),
        ("x" * 300, "a part of 306 bytes (at most 255)"),
        ("", "the part '.mp4', which starts with a dot"),
        (None, "what the movie's name is made of"),
        (float("nan"), "what the movie's name is made of"),
    ],
)
def test_names_are_names_of_files(inline: bz.Workspace, city: object, wanted: str) -> None:
    template = "{city}.mp4" if city == "" else "{city}-{number}.mp4"
    problems = refused([*rows(1), {**rows(2)[1], "city": city}], inline, name=template).problems
    assert problems["row"].tolist() == [1]
    assert wanted in problems["wanted"][0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("{town}.mp4", "`name` asks for the column 'town', which is not there: there are number, text, city"),
        ("{numbr}.mp4", "did you mean 'number'"),
        ("card.mp4", "`name` must tell films apart by a column of the table"),
        ("{}.mp4", "each pair of braces in `name` holds a column's name"),
        ("{number.mp4", "can't be read"),
    ],
)
def test_a_template_that_asks_for_what_is_not_there(inline: bz.Workspace, name: str, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said):
        bz.export_all(card, rows(2), name, workspace=inline, progress=False)


def test_a_column_that_is_not_there_is_told_once(inline: bz.Workspace) -> None:
    table = pd.DataFrame(rows(3)).rename(columns={"text": "txt"})
    problems = refused(table, inline, on_bad_rows="skip").problems
    assert problems["row"].isna().all()
    assert problems.drop(columns="row").to_dict("records") == [
        {"column": "text", "given": "no column", "wanted": "text; did you mean 'txt'?"}
    ]


def test_plain_functions_are_called_for_each_row_before_anything_is_drawn(inline: bz.Workspace) -> None:
    def plain(row: Any) -> object:
        return card(row.text) if row["number"] != 1 else row["missing"] if row["city"] == "Oslo" else 7

    error = refused(rows(3), inline, function=plain)
    assert "row 1: plain() failed: KeyError: 'missing' ({'number': 1" in str(error)
    error = refused([{**row, "city": "Rome"} for row in rows(3)], inline, function=plain)
    assert "row 1: plain() gives 7, and no Composition" in str(error)


def test_settings_and_limits_are_checked_for_each_row(inline: bz.Workspace) -> None:
    assert "`quality`" in str(refused(rows(2), inline, quality="best"))
    limited = bz.Workspace(inline.root, engine=inline.engine, limits=bz.Limits(duration_s=0.1))
    assert len(refused(rows(2), limited).problems) == 2
    with pytest.raises(TypeError, match="there is no qualty"):
        bz.export_all(card, rows(1), "{number}.mp4", qualty="low", workspace=inline)  # type: ignore[call-arg]
    with pytest.raises(bz.InvalidValueError, match="on_bad_rows"):
        bz.export_all(card, rows(1), "{number}.mp4", on_bad_rows="no", workspace=inline)  # type: ignore[arg-type]


def test_a_table_that_is_all_wrong_is_told_shortly(inline: bz.Workspace) -> None:
    error = refused(({"number": number, "text": 7} for number in range(20_000)), inline)
    assert len(error.problems) == 20_000
    assert len(str(error)) < 3_000
