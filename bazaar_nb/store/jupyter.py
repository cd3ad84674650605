"""Where the Jupyter server that this kernel runs under shows a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote


def jupyter_url(path: Path, *, download: bool = False) -> str | None:
    """Give the address of a file on the Jupyter server above this process.

    The server's token is never in it: who opens the address has signed in, as
    with the notebook. Behind a JupyterHub it begins with ``/user/…``, which
    browsers complete with the hub's own name.

    Parameters
    ----------
    download : bool
        Whether the browser is to save the file, where it would show it.

    Returns
    -------
    str or None
        None outside of a notebook, for a file that is not below the server's
        root, and for hidden files, which servers don't show.
    """
    if "ipykernel" not in sys.modules:
        return None
    for server in _servers():
        try:
            below = path.resolve().relative_to(Path(server["root_dir"]).resolve())
        except ValueError:
            continue
        if any(part.startswith(".") for part in below.parts):
            continue
        base = server["base_url"] if os.environ.get("JUPYTERHUB_SERVICE_PREFIX") else server["url"]
        return f"{base}files/{quote(below.as_posix())}{'?download=1' if download else ''}"
    return None


def _servers() -> Iterator[dict[str, Any]]:
    """Give what the servers of this user say of themselves, only the one that started this kernel."""
    try:
        from jupyter_core.paths import jupyter_runtime_dir
    except ImportError:
        return
    above = {os.environ.get("JPY_PARENT_PID", ""), str(os.getppid())}
    for file in Path(jupyter_runtime_dir()).glob("jpserver-*.json"):
        try:
            server = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # it ended just now, or is being written
        if isinstance(server, dict) and str(server.get("pid")) in above and "root_dir" in server:
            yield server
