"""Options of a store in a bucket: where its service is, who asks, and how objects are kept.

Keys and tokens are never shown: neither by `repr` nor by an error. What is
given here goes to workers in the message of their task, in memory. What comes
from the usual chain (environment, ``~/.aws``, the machine's role) stays where
it is: each worker finds its own.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from bazaar_nb.errors import InvalidValueError

_SECRET = ("key", "secret", "token")
_SSE = ("AES256", "aws:kms", "aws:kms:dsse")
_ADDRESS = re.compile(r"https?://[^/]+(/|$)")
_MANY = Annotated[int, msgspec.Meta(ge=1, le=100)]
_Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


class StorageOptions(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What `Workspace` and `Store` take as ``storage_options``; a folder takes none.

    Attributes
    ----------
    endpoint_url : str or None
        Of a service other than AWS: R2, MinIO, Ceph, SeaweedFS and the like.
    region : str or None
        Of the bucket; by default what the environment says.
    profile : str or None
        Which section of ``~/.aws/config`` to use.
    key, secret, token : str or None
        Access key, secret key and session token, if they don't come from the
        usual chain.
    addressing : {"path", "virtual"} or None
        Whether the bucket's name is in the path or in the host name. ``path``
        where an endpoint is given.
    sse : {"AES256", "aws:kms", "aws:kms:dsse"} or None
        Encryption by the service, for all that is written.
    sse_kms_key : str or None
        Id of the key for it, if not the bucket's own.
    storage_class : str or None
        Of movies and what lies beside them; segments, assets and history are
        read again and again and stay in the bucket's own class.
    public_base_url : str or None
        Address at which the root can be read by everyone, through a CDN say.
    attempts : int
        How often a request is tried at most, with growing random pauses.
    connect_timeout_s, read_timeout_s : float
        How long to wait for a connection, and for the next bytes of an answer.
    concurrency : int
        Requests at the same time, also for the parts of one file.
    part_bytes : int
        Files of two parts and more go up in parts; at least 5 MiB.
    cache_folder : str or None
        Where copies of what was read are kept; ``$BAZAAR_CACHE`` or the
        user's cache folder by default.
    cache_bytes : int
        How much is kept there for this root.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> options = bz.StorageOptions(endpoint_url="https://r2.example.com", region="auto")
    >>> team = bz.Workspace("s3://bucket/team", storage_options=options)
    """

    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    key: str | None = None
    secret: str | None = None
    token: str | None = None
    addressing: str | None = None
    sse: str | None = None
    sse_kms_key: str | None = None
    storage_class: str | None = None
    public_base_url: str | None = None
    attempts: _MANY = 6
    connect_timeout_s: _Seconds = 5.0
    read_timeout_s: _Seconds = 20.0
    concurrency: _MANY = 8
    part_bytes: Annotated[int, msgspec.Meta(ge=5 * 2**20, le=5 * 2**30)] = 16 * 2**20
    cache_folder: str | None = None
    cache_bytes: Annotated[int, msgspec.Meta(ge=0)] = 10 * 10**9

    def __repr__(self) -> str:
        said = msgspec.structs.asdict(self)
        defaults = msgspec.structs.asdict(_DEFAULTS)
        shown = ", ".join(
            f"{name}={'***' if name in _SECRET else repr(value)}"
            for name, value in said.items()
            if value != defaults[name]
        )
        return f"StorageOptions({shown})"

    @property
    def endpoint(self) -> str | None:
        """The service's address, as given or as the environment says; None for AWS."""
        return (
            self.endpoint_url
            or os.environ.get("AWS_ENDPOINT_URL_S3")
            or os.environ.get("AWS_ENDPOINT_URL")
            or None
        )

    def secrets(self) -> list[str]:
        """Give what must not be shown to anyone."""
        return [value for value in (self.token, self.secret, self.key) if value]


_DEFAULTS = StorageOptions()


def read_options(given: Mapping[str, Any] | StorageOptions | None) -> StorageOptions:
    """Check options and give them in their one form.

    Raises
    ------
    InvalidValueError
        For an option that there isn't, with what may have been meant, or for
        a value that can't be; it never repeats a key or a token.
    """
    if given is None or isinstance(given, StorageOptions):
        return given or _DEFAULTS
    if not isinstance(given, Mapping):
        raise InvalidValueError(f"`storage_options` must be a dict of options, got a {type(given).__name__}")
    known = StorageOptions.__struct_fields__
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            meant = f"; did you mean {near[0]!r}?" if near else f": there are {', '.join(known)}"
            raise InvalidValueError(f"`storage_options` has {name!r}, which no bucket uses{meant}")
    try:
        options = msgspec.convert(dict(given), StorageOptions)
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"`storage_options`: {error}") from None
    except UnicodeError:  # a number as text; what it is may be a key in the wrong place
        raise InvalidValueError("`storage_options`: half a letter, a lone surrogate, in a value") from None
    _check(options)
    return options


def _check(options: StorageOptions) -> None:
    for name in ("endpoint_url", "public_base_url"):
        address = getattr(options, name)
        if address is not None and not _is_address(address):
            raise InvalidValueError(
                f"`storage_options`: {name!r} must be an address like https://host:9000 "
                "without keys and questions in it"
            )
    for name, allowed in (
        ("addressing", ("path", "virtual")),
        ("sse", _SSE),
    ):
        value = getattr(options, name)
        if value is not None and value not in allowed:
            raise InvalidValueError(
                f"`storage_options`: {name!r} must be one of {', '.join(allowed)}, got {value!r}"
            )
    if bool(options.key) != bool(options.secret):
        raise InvalidValueError("`storage_options`: 'key' and 'secret' go together, one of them is missing")
    if options.token and not options.key:
        raise InvalidValueError("`storage_options`: 'token' goes with 'key' and 'secret'")
    if options.sse_kms_key and not (options.sse or "").startswith("aws:kms"):
        raise InvalidValueError("`storage_options`: 'sse_kms_key' goes with sse='aws:kms'")


def _is_address(address: str) -> bool:
    try:
        url = urlsplit(address)
        more = url.username or url.query or url.fragment or url.port == 0
    except ValueError:  # no host or port is written like that
        return False
    return bool(_ADDRESS.match(address)) and not more
