"""What a bug report has to say of a machine: versions, platform, settings, checks; no secrets, no names.

What may be secret is left out before anything is printed: of most variables it says only that they are set;
and where the value of one that holds a key, what an address has for user, password and query, the home folder
or the login name stands in a text, it is replaced.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import locale
import os
import platform
import re
import sys
from pathlib import Path
from typing import Any

from bazaar_nb import __version__
from bazaar_nb.doctor import run_checks
from bazaar_nb.store.store import default_root

_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")
_SETTINGS = (
    "BAZAAR_",
    "AWS_",
    "DASK_",
    "LITHOPS_",
    "JUPYTER_",
    "XDG_RUNTIME_DIR",
    "CI",
    "NO_COLOR",
    "PYTHONUTF8",
)
_SHOWN = frozenset({
    "BAZAAR_ROOT", "BAZAAR_ENGINE", "BAZAAR_WORKERS", "BAZAAR_CACHE", "BAZAAR_ENGAGEMENT", "AWS_REGION",
    "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "DASK_SCHEDULER_ADDRESS", "CI",
    "NO_COLOR", "PYTHONUTF8",
})  # fmt: skip
_SECRET = re.compile(r"key|secret|token|password|passwd|credential|signature|auth", re.IGNORECASE)
_URL = re.compile(r"(\b[a-z][a-z0-9+.-]*://)([^\s/@'\"]*@)?([^\s?#'\"]*)([?#][^\s'\"]*)?", re.IGNORECASE)
_SHORTEST_SECRET = 4
_EXTRAS = ("dask", "lab", "serverless", "typst")


def machine_report(root: str | None = None) -> dict[str, Any]:
    """Give all that a bug report needs, ready to be JSON.

    Returns
    -------
    dict
        ``bazaar_nb``, ``python``, ``platform``, ``libraries`` (name to version, None where it isn't
        installed), ``settings`` (environment variables; of most only that they are set) and ``checks``.
    """
    bits = sys.maxsize.bit_length() + 1
    found = {
        "bazaar_nb": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}, {bits} bit",
        "platform": f"{platform.platform()}, {os.cpu_count()} cores, {locale.getpreferredencoding(False)}",
        "libraries": _libraries(),
        "settings": _settings(root),
        "checks": [check._asdict() for check in run_checks(root)],
    }
    cleaned: dict[str, Any] = _cleaned(found, _Cleaner())
    return cleaned


def markdown(found: dict[str, Any]) -> str:
    """Lay out a report for an issue."""
    libraries = [f"{name} {version or '-'}" for name, version in found["libraries"].items()]
    settings = [f"{name}={value}" for name, value in found["settings"].items()]
    checks = [
        f"{one['state']:<7}  {one['name']:<9}  {one['detail']}" + (f"; {one['fix']}" if one["fix"] else "")
        for one in found["checks"]
    ]
    parts = (
        ("machine", [f"bazaar_nb {found['bazaar_nb']}", found["python"], found["platform"]]),
        ("settings", settings or ["none"]),
        ("checks", checks),
        ("libraries", libraries),
    )
    return "\n\n".join(f"**{title}**\n\n```text\n" + "\n".join(lines) + "\n```" for title, lines in parts)


def _libraries() -> dict[str, str | None]:
    """Give the versions of all that the package asks for, also of what extras bring."""
    try:
        wanted = importlib.metadata.requires("bazaar_nb") or []
    except importlib.metadata.PackageNotFoundError:
        wanted = []
    names = {"click", "numpy", "skia-python", "av"}
    for line in wanted:
        extra = _EXTRA.search(line)
        match = _REQUIREMENT.match(line)
        if match and (extra is None or extra[1] in _EXTRAS):
            names.add(match[0])
    return {name: _version(name) for name in sorted(names - {"bazaar_nb"}, key=str.lower)}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _settings(root: str | None) -> dict[str, str]:
    said = {"root": default_root() if root is None else root}
    for name, value in sorted(os.environ.items()):
        if name.startswith(_SETTINGS) and (name in _SHOWN or name.startswith(_SETTINGS[:5])):
            said[name] = value if name in _SHOWN else "(set)"
    return said


class _Cleaner:
    """Takes out of texts what must not be in a report."""

    def __init__(self) -> None:
        secrets = {value for name, value in os.environ.items() if _SECRET.search(name)}
        self._secrets = sorted(
            (one for one in secrets if len(one) >= _SHORTEST_SECRET), key=len, reverse=True
        )
        self._home = str(Path.home())
        try:
            self._user = getpass.getuser()
        except (KeyError, OSError, ImportError):
            self._user = ""

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = _URL.sub(_bare, text)
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        if self._user and self._user != "root":
            text = re.sub(rf"(?<![\w-]){re.escape(self._user)}(?![\w-])", "<user>", text)
        return text


def _bare(match: re.Match[str]) -> str:
    scheme, login, rest, query = match.groups()
    return scheme + ("***@" if login else "") + rest + ("?***" if query else "")


def _cleaned(value: Any, clean: _Cleaner) -> Any:
    if isinstance(value, dict):
        return {key: _cleaned(one, clean) for key, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one, clean) for one in value]
    return clean(value) if isinstance(value, str) else value
