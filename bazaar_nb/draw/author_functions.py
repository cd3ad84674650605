"""Functions of the author's that draw: what one raises says where."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from bazaar_nb.errors import SceneError


def call_author(function: Callable[..., object], args: tuple[object, ...], what: str) -> object:
    """Call a function of the author's.

    Parameters
    ----------
    what : str
        Of which element it is which field, for the error.

    Raises
    ------
    SceneError
        With the line of it that raised.
    """
    try:
        return function(*args)
    except MemoryError:
        raise
    except Exception as error:
        steps = traceback.extract_tb(error.__traceback__)[1:]
        lines = "".join(traceback.format_list(steps)) + "".join(traceback.format_exception_only(error))
        own = [step for step in steps if "site-packages" not in step.filename]
        place = f", line {own[-1].lineno} of {own[-1].name}()" if own else ""
        code = f": {own[-1].line}" if own and own[-1].line else ""  # a worker doesn't see a notebook's text
        message = f"{what} raised {type(error).__name__}: {error}{place}{code}"
        raise SceneError(message, scene_traceback=lines) from error
