"""A film in a module or a file of Python: imported anew each time, with the author's modules that it uses."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import linecache
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from bazaar_nb.cli.author_errors import source_error
from bazaar_nb.errors import BazaarError, FilmSourceError

_PACKAGE = Path(__file__).parents[1]
_loaded: dict[str, set[str]] = {}  # by what was named: the author's modules that came with it


def import_file(path: Path) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Run a file as a module of its own name; give its names, and the author's files that made them.

    The file's folder is where it looks for other modules first, as when Python runs it.

    Raises
    ------
    FilmSourceError
        With what its code raised.
    """
    whole = path.resolve()
    name = whole.stem
    if not name.isidentifier():
        raise FilmSourceError(
            f"the file of a film is imported under its name, which {path.name!r} can't be: use letters, "
            "digits and underscores",
            source=str(path),
        )
    folder = str(whole.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    before = sys.modules.get(name)
    known = getattr(before, "__file__", None)
    if before is not None and (known is None or Path(known).resolve() != whole):
        raise FilmSourceError(
            f"{path} can't be imported: a module {name!r} is there already, from {known or 'Python itself'}: "
            "give the file another name",
            source=str(path),
        )
    with _importing(str(whole), str(path)):
        module = importlib.import_module(name)
    return vars(module), _files(str(whole))


def import_module(name: str, text: str) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Import a module; give its names, and the author's files that made them.

    The current folder is where it is looked for first, as by ``python -m``.

    Raises
    ------
    FilmSourceError
        When it isn't there, or with what its code raised.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    with _importing(name, text):
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
                raise
            raise FilmSourceError(
                f"there is no module {error.name!r} in this folder or among what is installed; of a file "
                f"give its path: {name.replace('.', '/')}.py:film",
                source=text,
            ) from None
    return vars(module), _files(name)


@contextlib.contextmanager
def _importing(key: str, text: str) -> Iterator[None]:
    """Forget what was imported before, so that edits are seen; note what comes; tell what goes wrong."""
    for name in _loaded.pop(key, ()):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    linecache.checkcache()
    before = set(sys.modules)
    # Bytecode is told from its source by seconds and size: an edit within the same second would not be seen.
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        # What it prints is for people: standard output has the command's results alone.
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except (BazaarError, KeyboardInterrupt):
        raise
    except (Exception, SystemExit) as error:
        raise source_error(error, text, text) from error
    finally:
        sys.dont_write_bytecode = writes
        come = {name: sys.modules[name] for name in set(sys.modules) - before}
        _loaded[key] = {name for name, module in come.items() if _authors_file(module) is not None}


def _files(key: str) -> tuple[Path, ...]:
    found = (_authors_file(sys.modules[name]) for name in sorted(_loaded[key]) if name in sys.modules)
    return tuple(path for path in found if path is not None)


def authors_files(names: set[str]) -> tuple[Path, ...]:
    """Give the files of the author's modules among these names of modules."""
    found = (_authors_file(sys.modules.get(name)) for name in sorted(names))
    return tuple(path for path in found if path is not None)


def _authors_file(module: ModuleType | None) -> Path | None:
    """Give the file of a module that isn't installed."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not file.endswith(".py"):
        return None
    path = Path(file)
    installed = (*map(Path, sysconfig.get_paths().values()), _PACKAGE)
    return None if any(path.is_relative_to(folder) for folder in installed) else path
