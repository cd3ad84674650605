"""Addresses such as ``https://host/picture.png`` as text: told from paths, and shown without their secrets.

What stands before an ``@`` is a password, and what follows a ``?`` may be the signature of a presigned
link: neither is shown by an error, a history or a notebook.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # two letters at least: C:// is a drive
_IN_TEXT = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]+://[^\s'\"<>\\)\]}]+")
_GIVEN = "given:"


def is_address(source: object) -> bool:
    """Tell whether a source is an address and not a path."""
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def is_given(source: object) -> bool:
    """Tell whether a source stands for bytes that its author handed over."""
    return isinstance(source, str) and source.startswith(_GIVEN)


def given_name(digest: str, ext: str) -> str:
    """Give the source that stands for bytes: ``given:<digest>.<ext>``."""
    return f"{_GIVEN}{digest}.{ext}"


def scheme_of(address: str) -> str:
    """Give an address's scheme, in lower case."""
    return address.partition("://")[0].lower()


def has_secrets(address: str) -> bool:
    """Tell whether an address holds what may be a password or a signature."""
    return is_address(address) and shown_source(address) != address


def shown_source(source: object) -> str:
    """Give a source for people: an address without its password and its query, anything else as it is."""
    if not isinstance(source, str):
        return f"{source}"
    if is_given(source):
        name = source.removeprefix(_GIVEN)
        return f"given {name.rpartition('.')[2]} {name[:8]}"
    if not is_address(source):
        return source
    scheme, _, rest = source.partition("://")
    rest, hashed, _ = rest.partition("#")
    rest, asked, _ = rest.partition("?")
    host, slash, path = rest.partition("/")
    end = "?…" if asked else "#…" if hashed else ""
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}{end}"


def without_secrets(text: str) -> str:
    """Give a text with all addresses in it as `shown_source` gives them."""
    return _IN_TEXT.sub(lambda found: shown_source(found[0]), text) if "://" in text else text


def file_name(source: str) -> str:
    """Give the last part of a path or an address, without what is asked of it."""
    if is_address(source):
        source = source.partition("://")[2].partition("#")[0].partition("?")[0]
    return re.split(r"[/\\]", source.rstrip("/"))[-1]
