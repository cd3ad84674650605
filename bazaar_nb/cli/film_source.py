"""A film as it is named on the command line: a notebook's, a module's, one in JSON, one saved in a project.

Code of notebooks and modules runs, and only of those that were named: nothing is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bazaar_nb.cli.chosen_film import choose_film
from bazaar_nb.composition.composition import Composition
from bazaar_nb.errors import BazaarError, FilmSourceError
from bazaar_nb.workspace import Workspace

_NAME = re.compile(r"(?P<place>.+):(?P<name>[^\W\d]\w*(\.[^\W\d]\w*)*)")
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_FILES = (".ipynb", ".py", ".json")

WAYS = "notebook.ipynb, file.py:film, package.module:film, film.json, or project/name of a saved film"
"""How films are named, for messages."""


class LoadedFilm(NamedTuple):
    """A film, and the files that made it.

    Attributes
    ----------
    files : tuple of Path
        What may be edited: the file that was named, and the author's modules that it imports.
    """

    film: Composition
    files: tuple[Path, ...]


@dataclass(frozen=True)
class FilmSource:
    """What was named; made by `read_source`.

    Attributes
    ----------
    text : str
        As it was given.
    path : Path or None
        Of a notebook, a module's file or a film in JSON.
    module : str
        That is imported; empty if none is.
    name : str
        Of the film in it; empty if it is to be found.
    """

    text: str
    path: Path | None = None
    module: str = ""
    name: str = ""

    def load(
        self, arguments: Mapping[str, Sequence[str]], where: Workspace, version: int | None = None
    ) -> LoadedFilm:
        """Give the film as it is now; code that was named is run.

        Parameters
        ----------
        arguments : mapping of str to sequence of str
            What parameters are to be, as text.
        version : int, optional
            Of a saved film.

        Raises
        ------
        FilmSourceError
            When there is no such film, or code that was run raised.
        ParameterError
            With all that is wrong with the arguments.
        UnknownFilmError, StoreError
            Of a saved film.
        """
        if version is not None and (self.path or self.module):
            raise FilmSourceError(f"{self.text!r} is no saved film: it has no versions", source=self.text)
        if self.module:
            from bazaar_nb.cli.module_source import import_module

            names, files = import_module(self.module, self.text)
            return LoadedFilm(choose_film(names, self.name, arguments, self.text), files)
        if self.path is None:
            from bazaar_nb.project_films import open_film

            saved = open_film(self.text, version=version, workspace=where)
            return LoadedFilm(_without_arguments(saved, arguments, self.text), ())
        if not self.path.is_file():
            raise FilmSourceError(f"there is no file {str(self.path)!r}{_near(self.path)}", source=self.text)
        if self.path.suffix == ".ipynb":
            from bazaar_nb.cli.notebook_source import run_notebook

            ran = run_notebook(self.path, arguments)
            film = choose_film(ran.names, self.name, ran.left, self.text, ran.shown)
            return LoadedFilm(film, ran.files)
        if self.path.suffix == ".py":
            from bazaar_nb.cli.module_source import import_file

            names, files = import_file(self.path)
            return LoadedFilm(choose_film(names, self.name, arguments, self.text), files)
        return LoadedFilm(_without_arguments(_read_json(self.path), arguments, self.text), (self.path,))


def read_source(text: str) -> FilmSource:
    """Give what a text names.

    Raises
    ------
    FilmSourceError
        For one that names nothing that could be a film.
    """
    found = _NAME.fullmatch(text)
    place, name = (found["place"], found["name"]) if found else (text, "")
    if place.lower().endswith(_FILES):
        if name and place.lower().endswith(".json"):
            raise FilmSourceError(
                f"a film in JSON has no names in it, got {text!r}: give {place!r}", source=text
            )
        return FilmSource(text, path=Path(place), name=name)
    if found:
        if not _MODULE.fullmatch(place):
            raise FilmSourceError(f"expected {WAYS}; got {text!r}", source=text)
        return FilmSource(text, module=place, name=name)
    if not text.strip() or text.count("/") > 1 or "://" in text or Path(text).is_file():
        raise FilmSourceError(f"expected {WAYS}; got {text!r}", source=text)
    return FilmSource(text)


def _without_arguments(film: Composition, arguments: Mapping[str, object], text: str) -> Composition:
    if arguments:
        raise FilmSourceError(
            f"{text!r} is a film without parameters, got {', '.join(arguments)}: parameters are those of "
            "functions made by @bz.film, and of a notebook's cell that is tagged `parameters`",
            source=text,
        )
    return film


def _read_json(path: Path) -> Composition:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FilmSourceError(f"can't read {path}: {error.strerror}", source=str(path)) from None
    try:
        return Composition.from_json(data)
    except BazaarError as error:
        what = f"{path} is no film that `Composition.to_json` gave: {error}"
        raise FilmSourceError(what, source=str(path)) from None


def _near(path: Path) -> str:
    import difflib

    try:
        names = [one.name for one in path.parent.iterdir() if one.suffix in _FILES]
    except OSError:
        return f": there is no folder {str(path.parent)!r}"
    near = difflib.get_close_matches(path.name, names, 1)
    return f": did you mean {near[0]!r}?" if near else ""
