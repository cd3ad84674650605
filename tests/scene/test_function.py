from __future__ import annotations

import dataclasses
import functools
import os
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.scene.elements import Figure
from bazaar_nb.scene.function_registry import one_pass, registered_function
from bazaar_nb.scene.function_token import function_token

CELL = """
import dataclasses, functools
import numpy as np
import pandas as pd

FACTOR = 3
NAMES = ["a", "b"]
LOOKUP = {"x": {1, 2, 3}, "y": ("p", frozenset("qr"))}
TABLE = pd.DataFrame({"n": [1, 2], "s": ["u", "v"]}, index=pd.to_datetime(["2024-01-01", "2024-01-02"]))
ARRAY = np.arange(6).reshape(2, 3)
OTHER = 1

def deepest(x):
    return x + 1

def helper(x):
    return deepest(x) * FACTOR

@dataclasses.dataclass
class Style:
    color: str = "red"
    def line(self, width):
        return (self.color, width)

STYLE = Style()

def plot(fig, level=2, *, name="n"):
    "Draws."
    def inner(y):
        return helper(y) + len(NAMES)
    axes = fig.add_subplot()
    axes.plot(ARRAY[0], TABLE["n"].sum() * inner(level), *STYLE.line(2), label=name)
    return [k for k in LOOKUP if k]

def other(fig):
    return OTHER

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
"""


def token(source: str, name: str = "plot") -> str:
    """The token of a function of a notebook cell."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<cell>", "exec"), space)
    return function_token(eval(name, space))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x + 1", "x + 2"), ("FACTOR = 3", "FACTOR = 4"), ('["a", "b"]', '["a"]'), ("{1, 2, 3}", "{1, 2}"),
        ("level=2", "level=3"), ('name="n"', 'name="m"'),
        ('"n": [1, 2]', '"n": [1, 3]'), ('["u", "v"]', '["u", "w"]'),
        ("2024-01-02", "2024-01-03"),
        ("np.arange(6)", "np.arange(6.0)"), ("reshape(2, 3)", "reshape(3, 2)"),
        ('color: str = "red"', 'color: str = "blue"'), ("STYLE = Style()", 'STYLE = Style("navy")'),
        ("(self.color, width)", "(width, self.color)"), ("return helper(y) +", "return helper(y) -"),
        ("ARRAY[0]", "ARRAY[1]"), ("axes.plot", "axes.scatter"), ("LOOKUP if k", "LOOKUP if not k"),
    ],
)  # fmt: skip
def test_a_change_in_what_is_drawn_changes_the_token(old: str, new: str) -> None:
    assert old in CELL
    assert token(CELL.replace(old, new)) != token(CELL)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Draws."', '"Draws a line, over\\nand over."'), ("OTHER = 1", "OTHER = 2"),
        ("FACTOR = 3", "# three\n\n\nFACTOR = 3"),
        ("return OTHER", "return OTHER * 2"), ("    return deepest", "    # the deepest\n    return deepest"),
        ("def other(fig)", "def label(fig)"),
    ],
)  # fmt: skip
def test_an_edit_elsewhere_does_not(old: str, new: str) -> None:
    assert old in CELL
    assert token(CELL.replace(old, new)) == token(CELL)


def test_an_attribute_is_no_global() -> None:
    drawn = "def plot(fig):\n    return fig.title\n"
    assert token(drawn + "title = 1") == token(drawn + "title = 2")


def test_the_tokens_are_the_same_in_another_process(tmp_path: Path) -> None:
    names = ["plot", "fib", "functools.partial(plot, level=4)", "STYLE.line", "lambda fig: helper(3)"]
    cell = tmp_path / "cell.py"
    cell.write_text(CELL)
    script = textwrap.dedent(
        f"""
        from bazaar_nb.scene.function_token import function_token
        exec(compile(open({str(cell)!r}).read(), "<cell>", "exec"))
        for function in ({", ".join(names)}):
            print(function_token(function))
        """
    )
    for seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert printed.split() == [token(CELL, name) for name in names]


def test_equal_values_need_not_be_the_same_object() -> None:
    shared = [1, 2]

    def over(values: object) -> Callable[..., object]:
        return lambda fig: values

    assert function_token(over([shared, shared])) == function_token(over([[1, 2], [1, 2]]))
    assert function_token(over([shared, [1]])) != function_token(over([[1], shared]))


def test_closures_partials_methods_and_instances() -> None:
    @dataclasses.dataclass
    class Plot:
        level: Any

        def draw(self, fig: object) -> object:
            return self.level

        def __call__(self, fig: object) -> object:
            return self.level

    def draw(fig: object, level: object) -> object:
        return level

    kinds: list[Callable[[Any], Callable[..., object]]] = [
        lambda level: lambda fig: level,
        lambda level: functools.partial(draw, level=level),
        lambda level: Plot(level).draw,
        lambda level: Plot(level),
    ]
    values = [1, 1.5, "1", None, (1,), {"a": 1}, np.float32(1), pd.Series([1, 2]), pd.Timestamp("2024-01-01")]
    for kind in kinds:
        tokens = [function_token(kind(value)) for value in values]
        assert len(set(tokens)) == len(values)
        assert tokens == [function_token(kind(value)) for value in values]


def test_values_that_hold_themselves() -> None:
    around: list[Any] = [1]
    around.append(around)
    assert function_token(lambda fig: around) == function_token(lambda fig: around)


def test_a_module_of_ones_own_counts_by_what_is_used_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)

    def with_module(source: str) -> str:
        sys.modules.pop("own_plots", None)
        (tmp_path / "own_plots.py").write_text(source)
        space: dict[str, Any] = {"__name__": "__main__"}
        sys.dont_write_bytecode = True
        exec("import own_plots\ndef plot(fig):\n    return own_plots.line(fig)", space)
        return function_token(space["plot"])

    first = with_module("def line(fig):\n    return 1\nunused = 1\n")
    assert with_module("def line(fig):\n    return 1\nunused = 'another'\n") == first
    assert with_module("def line(fig):\n    return 12345\nunused = 1\n") != first


def test_what_can_not_be_told_warns_once_and_is_never_the_same(tmp_path: Path) -> None:
    with (tmp_path / "open.txt").open("w") as file:
        for held in (file, (i for i in range(3))):

            def plot(fig: object, held: object = held) -> object:
                return held

            with pytest.warns(UserWarning, match="drawn anew in every render"):
                first = function_token(plot)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert function_token(plot) != first
            plot.__qualname__ += "'"


def test_figures_name_their_function_and_look_at_it_once_a_pass() -> None:
    values = [1]

    def plot(fig: object) -> object:
        return values

    drawing: Any = plot
    with one_pass():
        name = Figure(drawing).plot
        values.append(2)
        assert Figure(drawing).plot == name
    assert Figure(drawing).plot != name
    assert registered_function(name) is plot
    with pytest.raises(InvalidValueError, match="holds no functions"):
        registered_function("function:0000")
