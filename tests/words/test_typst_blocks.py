"""`Typst` and `Table`: what they set, row by row, and what they refuse to run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bazaar_nb as bz
from tests.words.stage import film_of, pixels

pytest.importorskip("typst")
Table: Any = bz.words.Table
Typst: Any = bz.words.Typst
ROWS = [["function", "derivative", "at 1"], ["$x^n$", "$n x^(n-1)$", 2], ["$sin x$", "$cos x$", -0.5]]


def inked_rows(picture: np.ndarray[Any, Any]) -> int:
    """Count the runs of rows in which there is any light."""
    lit = (picture > 9).any(axis=1)
    return int(np.count_nonzero(np.diff(np.concatenate([[False], lit])) & lit))


def test_a_table_of_any_library_is_set() -> None:
    frame = pd.DataFrame({"name": ["a", "b"], "value": [1.5, None]})
    for rows in (ROWS, frame, {"name": ["a", "b"], "value": [1.5, 2]}):
        assert pixels(film_of(Table(rows).show)).max() > 200
    same = film_of(Table(frame).show), film_of(Table(frame).show)
    assert (pixels(same[0]) == pixels(same[1])).all()


def test_rows_come_in_one_after_the_other_with_the_lines_below_them() -> None:
    table = Table(ROWS)
    film = film_of(lambda frame: table.write(frame, each=1, duration=0.2))
    rows = [inked_rows(pixels(film, frame)) for frame in (0, 5, 15, 29)]
    assert rows == [0, 2, 4, 5], "a heading and its line, a row and its line, the last row"
    assert (pixels(film, 29) == pixels(film_of(lambda frame: table.show(frame)))).all()


def test_numbers_stand_on_the_right_and_text_on_the_left() -> None:
    def ink(cell: object, **options: Any) -> tuple[float, float]:
        table = Table([["wide heading"], [cell]], size=30, **options)
        lit = np.flatnonzero((pixels(film_of(lambda frame: table.show(frame)))[190:220] > 90).any(axis=0))
        return float(lit[0]), float(lit[-1])

    assert ink("1")[0] + 40 < ink(1)[0]
    assert ink("1")[0] < ink("1", align=["center"])[0] < ink("1", align=["right"])[0]


def test_a_block_has_formulas_and_lines_among_its_words() -> None:
    block = Typst("= Proof\nLet $a < b$.\n\n- one\n- two", size=30, y="40%")
    assert inked_rows(pixels(film_of(lambda frame: block.show(frame)))) == 4
    assert Typst('quotes " and \\\\ and \\# stay').typeset.glyphs


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Typst('#read("/etc/passwd")'), "could read files: '#' at letter 1"),
        (lambda: Typst("$std.read$"), "could read files"),
        (lambda: Typst("a $ b"), r"Typst can't set it: unclosed delimiter \(Typst\)"),
        (lambda: Typst("  "), "a block of Typst is text"),
        (lambda: Typst("a" * 20_001), "at most 20,000 letters"),
        (lambda: Table([["a", '#include "x"']]), r"could read files.*\(Table, row 1, column 2\)"),
        (
            lambda: Table([["a"], ['] , read("/x") [']]),
            r"closing bracket.*\(Table, row 2, column 1\)",
        ),
        (lambda: Table([["a", "b"], ["c"]]), "row 2 has 1 cells, the first has 2"),
        (lambda: Table([["a"], "bc"]), r"a row is a list of cells, got 'bc' \(Table, row 2\)"),
        (lambda: Table([]), "a row and a column at least"),
        (lambda: Table(3), "a table is a list of rows, a dict of columns or a DataFrame, got 3"),
        (lambda: Table([["a"]] * 2001), "at most 2,000 cells, got 2,001"),
        (lambda: Table([["a", "b"]], align=["left"]), "left, center or right for each of the 2 columns"),
        (lambda: Table([["a"]], size=-1), "`size` must be pixels above 0, got -1"),
    ],
)
def test_what_can_not_be_set_is_refused(make: Any, said: str) -> None:
    with pytest.raises(bz.InvalidValueError, match=said):
        make()


def test_no_file_is_read_even_where_code_got_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bazaar_nb.words.formulas import typst_blocks, typst_setting

    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    monkeypatch.setattr(typst_blocks, "check_markup", lambda source, where: None)
    for path in (secret, Path("/etc/passwd")):
        with pytest.raises(bz.InvalidValueError, match=r"can't set it"):
            Typst(f'#read("{path}")')
        with pytest.raises(bz.InvalidValueError, match=r"can't set it"):
            typst_setting.compile_typst(f'#read("{path}")', "test")
