from __future__ import annotations

import pickle
from typing import Annotated, Any

import cloudpickle
import pandas as pd
import pytest
from msgspec import Meta

import bazaar_nb as bz

drawn: list[str] = []


@bz.scene(duration=1)
def words(frame: bz.Frame, text: str, color: str) -> object:
    return bz.Text(text, color=color)


@bz.film
def greeting(
    name: str, color: bz.parameters.Color = "gold", seconds: Annotated[float, Meta(ge=1, le=60)] = 2
) -> bz.Composition:
    """Greet somebody.

    Parameters
    ----------
    name : str
        Who is greeted.
    """
    drawn.append(name)
    return bz.Composition([words(name, color, duration=seconds)], width=64, height=36)


@pytest.fixture(autouse=True)
def nothing_drawn() -> None:
    drawn.clear()


def test_a_call_gives_a_film() -> None:
    assert greeting("Ada").frames == 60
    assert greeting("Ada", "red", seconds=1).frame(0).elements[-1] == bz.Text("Ada", color="red")
    assert greeting.__doc__ is not None
    assert repr(greeting) == "<film function greeting(name, color, seconds)>"


def test_mistakes_are_told_before_anything_is_made() -> None:
    wrong: Any = {"name": 3, "color": "golf", "seconds": 0}
    with pytest.raises(bz.ParameterError) as caught:
        greeting(**wrong)
    assert [one[0] for one in caught.value.problems] == ["name", "color", "seconds"]
    assert isinstance(caught.value, ValueError)
    assert drawn == []


def test_schema_and_check() -> None:
    assert greeting.json_schema()["properties"]["name"] == {
        "type": "string",
        "description": "Who is greeted.",
    }
    found = greeting.check(pd.DataFrame({"name": ["Ada", "Bob"], "seconds": [0.0, float("nan")]}))
    assert found.to_dict("records") == [
        {"row": 0, "parameter": "seconds", "given": "0.0", "wanted": "a number from 1 to 60"}
    ]
    right = greeting.check(pd.DataFrame({"name": ["Ada"]}))
    assert right.empty
    assert list(right.columns) == ["row", "parameter", "given", "wanted"]
    assert drawn == []


def test_it_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(greeting)) is greeting

    @bz.film
    def local(text: Annotated[str, Meta(max_length=5)] = "a") -> bz.Composition:
        return bz.Composition([words(text, "red")])

    again = cloudpickle.loads(cloudpickle.dumps(local))
    assert again.parameters == local.parameters
    assert again("b").frames == 30


def test_what_gives_no_composition_is_told() -> None:
    @bz.film
    def nothing(text: str = "") -> bz.Composition:
        return words(text, "red")  # type: ignore[return-value]

    with pytest.raises(bz.InvalidValueError, match=r"nothing\(\) should give a Composition, got <Scene"):
        nothing()
    with pytest.raises(bz.InvalidValueError, match="@film goes before a function, got 3"):
        bz.film(3)  # type: ignore[arg-type]
