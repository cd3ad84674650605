from __future__ import annotations

import datetime
import pickle
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from bazaar_nb.errors import InvalidValueError, ParameterError
from bazaar_nb.parameters.kinds import Color, ImageFile, Table
from bazaar_nb.parameters.signature import Parameters, read_parameters


def card(  # type: ignore[no-untyped-def]
    text: Annotated[str, Meta(min_length=1)],
    size: Annotated[int, Meta(ge=10, le=90)] = 40,
    *,
    theme: Literal["light", "dark"] = "light",
    color: Color | None = None,
    day: datetime.date = datetime.date(2026, 1, 31),
    photos: list[ImageFile] = [],  # noqa: B006
    weights: list[int] = [1, 2],  # noqa: B006
    table: Table | None = None,
    loud=False,
) -> None:
    """Show a card.

    Parameters
    ----------
    text : str
        The words.
    """


@pytest.fixture
def parameters() -> Parameters:
    return read_parameters(card)


def test_all_mistakes_are_told_at_once(parameters: Parameters) -> None:
    with pytest.raises(ParameterError) as caught:
        parameters.bind(("",), {"size": 91, "theme": "drak", "colour": "red", "photos": ["a.png"]})
    assert str(caught.value).splitlines() == [
        "card() can't be made: 5 values are wrong",
        "- `colour` is no parameter of card, got 'red'; did you mean 'color'?",
        "- `text` must be text of at least 1 character, got ''",
        "- `size` must be a whole number from 10 to 90, got 91",
        "- `theme` must be 'light' or 'dark', got 'drak'; did you mean 'dark'?",
        "- `photos[0]` must be the path of a picture, got 'a.png'; there is no such file",
    ]
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems
    assert again.problems[2] == ("size", "91", "a whole number from 10 to 90")


def test_a_single_mistake_is_a_sentence(parameters: Parameters) -> None:
    with pytest.raises(ParameterError, match=r"^`text` must be text of .*, got nothing \(card\)$"):
        parameters.bind((), {})
    with pytest.raises(ParameterError, match="at most 2 values without a name, got 3 of them"):
        parameters.bind(("a", 20, "dark"), {})
    with pytest.raises(ParameterError, match="`text` must be one, got two values"):
        parameters.bind(("a",), {"text": "b"})


def test_defaults_are_filled_in(parameters: Parameters) -> None:
    made = parameters.bind(("a",), {"day": "2026-02-01", "loud": True})
    assert made["size"] == 40
    assert made["day"] == datetime.date(2026, 2, 1)
    assert made["loud"] is True


def test_the_schema_says_what_is_taken(parameters: Parameters) -> None:
    schema = parameters.json_schema()
    assert schema["required"] == ["text"]
    assert schema["additionalProperties"] is False
    assert schema["description"] == "Show a card."
    found = schema["properties"]
    assert found["text"] == {"type": "string", "minLength": 1, "description": "The words."}
    assert found["size"] == {"type": "integer", "minimum": 10, "maximum": 90, "default": 40}
    assert set(found["theme"]["enum"]) == {"light", "dark"}
    assert found["day"] == {"type": "string", "format": "date", "default": "2026-01-31"}
    assert found["weights"]["default"] == [1, 2]
    assert found["table"]["format"] == "table"
    assert found["loud"] == {"type": "boolean", "default": False}


def test_they_can_be_pickled(parameters: Parameters) -> None:
    again = pickle.loads(pickle.dumps(parameters))
    assert again == parameters
    assert again.json_schema() == parameters.json_schema()


def test_what_no_value_can_be_checked_with_is_told_to_the_author() -> None:
    def bad(a, b: object, c: int = "x", d: str = None, *rest: int, **more: Any) -> None: ...  # type: ignore[no-untyped-def, assignment]  # noqa: RUF013

    with pytest.raises(InvalidValueError) as caught:
        read_parameters(bad)
    said = str(caught.value)
    assert said.startswith("bad() is no film's function:\n- `a`: needs a type")
    for line in (
        "`c`: its default must be a whole number, is 'x'",
        "`d`: its default is None",
        "*rest",
        "**more",
    ):
        assert line in said


def test_types_that_are_not_there_are_told() -> None:
    def bad(a: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(InvalidValueError, match=r"types of bad\(\)'s parameters can't be read: .*Nowhere"):
        read_parameters(bad)
