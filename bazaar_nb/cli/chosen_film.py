"""Which film of a notebook or module is meant, made with the arguments of the command line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from bazaar_nb.charts.chart import Chart
from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import BazaarError, FilmSourceError, InvalidValueError
from bazaar_nb.films.film import FilmFunction, film
from bazaar_nb.parameters.value_texts import value_of_argument
from bazaar_nb.scene.scene import Scene

_MOST_NAMED = 8


def choose_film(
    names: Mapping[str, Any],
    name: str,
    arguments: Mapping[str, Sequence[str]],
    text: str,
    shown: Any = None,
) -> Composition:
    """Give a film of a namespace.

    Parameters
    ----------
    names : mapping
        What the code has defined.
    name : str
        Of the film, maybe with dots; where it is empty, it is the one that was shown last, or
        else the only one.
    arguments : mapping of str to sequence of str
        Of a function made by `bz.film`, as text.
    text : str
        What was given on the command line, for messages.
    shown : Composition, optional
        The film that a cell showed last.

    Raises
    ------
    FilmSourceError
        When there is none, or several; or when its function raised.
    ParameterError
        With all that is wrong with the arguments.
    """
    if name:
        return _made(_named(names, name, text), name, arguments, text)
    if shown is not None and not arguments:
        return _made(shown, "what a cell shows last", {}, text)
    films = _films(names)
    if arguments:  # it is a function that takes them
        films = {one: value for one, value in films.items() if isinstance(value, FilmFunction)} or films
    if len(films) == 1:
        ((only, value),) = films.items()
        return _made(value, only, arguments, text)
    if not films:
        raise FilmSourceError(
            f"{text} has no film: expected a variable with a Composition, or a function made by @bz.film",
            source=text,
        )
    listed = ", ".join(f"{text}:{one}" for one in list(films)[:_MOST_NAMED])
    raise FilmSourceError(f"{text} has {len(films)} films, say which: {listed}", source=text)


def _named(names: Mapping[str, Any], name: str, text: str) -> Any:
    first, *rest = name.split(".")
    if first not in names:
        near = difflib.get_close_matches(first, [one for one in names if not one.startswith("_")], 1)
        films = ", ".join(list(_films(names))[:_MOST_NAMED])
        hint = (
            f"did you mean {near[0]!r}?" if near else f"its films are {films}" if films else "it has no film"
        )
        raise FilmSourceError(f"{text}: there is no {first!r}; {hint}", source=text)
    value = names[first]
    for part in rest:
        try:
            value = getattr(value, part)
        except AttributeError as error:
            raise FilmSourceError(f"{text}: {error}", source=text) from None
    return value


def _films(names: Mapping[str, Any]) -> dict[str, Any]:
    """Give what could be rendered, each once, by its first name."""
    found: dict[str, Any] = {}
    for name, value in names.items():
        is_film = isinstance(value, Composition | FilmFunction) and not name.startswith("_")
        if is_film and not any(value is one for one in found.values()):
            found[name] = value
    return found


def _made(value: Any, name: str, arguments: Mapping[str, Sequence[str]], text: str) -> Composition:
    if isinstance(value, Composition | Chart | Scene):
        if arguments:
            raise FilmSourceError(
                f"{name} of {text} is a film without parameters, got {', '.join(arguments)}: parameters are "
                "those of functions made by @bz.film, and of a notebook's cell that is tagged `parameters`",
                source=text,
            )
        return value if isinstance(value, Composition) else Composition([value], name=name)
    if not callable(value) or isinstance(value, type):
        raise FilmSourceError(
            f"{name} of {text} must be a Composition, or a function that makes one, got {value!r:.80}",
            source=text,
        )
    try:
        function = value if isinstance(value, FilmFunction) else film(value)
    except InvalidValueError as error:
        raise FilmSourceError(f"{text}: {error}", source=text) from None
    kinds = {one.name: one.kind for one in function.parameters.all}
    values = {
        one: value_of_argument(kinds[one], list(texts)) if one in kinds else texts[-1]
        for one, texts in arguments.items()
    }
    try:
        made = function(**values)
    except BazaarError:
        raise
    except Exception as error:
        from bazaar_nb.cli.author_errors import source_error

        raise source_error(error, f"{name}() of {text}", text) from error
    return _made(made, f"what {name}() gives", {}, text)
