"""What an author's own code raised, told with the lines of that code alone."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

from bazaar_nb.errors import FilmSourceError, SceneError

_PACKAGE = str(Path(__file__).parents[1])


def source_error(error: BaseException, what: str, source: str) -> FilmSourceError:
    """Give the error of code that was named.

    Parameters
    ----------
    what : str
        Whose code it is: ``cell 3 of review.ipynb``.
    source : str
        What was named on the command line.
    """
    kind = "it ended the program" if isinstance(error, SystemExit) else type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_authors(frame.filename)]
    if isinstance(error, SyntaxError) and error.lineno is not None:
        line = f", line {error.lineno}: {(error.text or '').strip()}"
    else:
        line = f", line {frames[-1].lineno}: {frames[-1].line}" if frames else ""
    said = getattr(error, "msg", None) or str(error)
    message = f"{what} failed: {kind}: {said}".rstrip(": ") + line
    shown = "".join(traceback.format_list(frames)) if frames else ""
    if isinstance(error, SceneError):
        shown = error.scene_traceback or shown
    return FilmSourceError(message, source=source, source_traceback=shown)


def _is_authors(filename: str) -> bool:
    """Tell a file of the author's from those of this package, IPython and the import machinery."""
    if filename.startswith(("<frozen ", _PACKAGE)):
        return False
    return not any(Path(filename).is_relative_to(folder) for folder in sysconfig.get_paths().values())
