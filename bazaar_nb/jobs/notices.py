"""Telling others that a render has ended: a signed message to a webhook.

What is promised: a render is never slowed down, ended or failed by its notice.
A notice is sent in a thread of its own, a few times if need be, to the address
that was given and to no other: redirects are not followed. Nor is a notice ever
sent to a link-local address, where clouds hand out keys to their machines: the
address may come from a root that others can write to.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import http.client
import ipaddress
import logging
import os
import secrets
import socket
import threading
import time
import tomllib
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.render_event import ENDED, RenderEvent
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.store import Store

NOTICES_KEY = "notices.toml"
"""Where the webhook of a root is."""

SECRET_VARIABLE = "BAZAAR_WEBHOOK_SECRET"
"""Where the secret of a webhook comes from if it isn't given: never from the store."""

SIGNATURE_HEADER = "X-Bazaar-Signature"

_SCHEME = "sha512="
_PAUSES_S = (1.0, 5.0, 25.0)  # before the second, third and fourth try
_TIMEOUT_S = 10.0
_AT_EXIT_S = 5.0
_TRY_AGAIN = frozenset({408, 425, 429})  # and all of 5xx: the others say that it will never do
_TOLD = (
    "render_id", "status", "user", "project", "composition", "format", "codec", "quality", "width", "height",
    "fps", "frames", "duration_s", "size_bytes", "location", "render_s", "frames_cached", "error_class",
    "error_message", "created", "started", "finished",
)  # fmt: skip

_log = logging.getLogger(__name__)
_exiting = threading.Event()
_sending: set[threading.Thread] = set()


class Webhook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is told when a render ends.

    A POST with a JSON object: the names of the history's columns, ``sent`` (the
    time, in UTC), ``delivery`` (the same for all tries of one notice) and
    ``data``. With a secret its header ``X-Bazaar-Signature`` has the body's
    HMAC-SHA512, which `verify_signature` checks. ``notices.toml`` in the root
    may have ``url``, ``on`` and ``data``; the secret then is in the environment
    variable ``BAZAAR_WEBHOOK_SECRET``.

    Parameters
    ----------
    url : str
        An ``http://`` or ``https://`` address.
    secret : str, optional
        By default what ``BAZAAR_WEBHOOK_SECRET`` says; without either nothing is signed.
    on : sequence of str
        Of which ends: ``succeeded``, ``failed``, ``cancelled``.
    data : dict
        What else to say; plain values.

    Raises
    ------
    InvalidValueError
        For an address or an end that can't be.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> told = bz.Workspace("films", notices=bz.Webhook(url="https://example.com/hook", on=("failed",)))
    """

    url: str
    secret: str | None = None
    on: tuple[str, ...] = ("succeeded", "failed")
    data: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if not _is_address(self.url):
            raise InvalidValueError(
                "`url` must be an http:// or https:// address; what was given is not shown, it may have a "
                "secret in it (Webhook)"
            )
        if isinstance(self.on, str) or not set(self.on) <= set(ENDED):
            raise InvalidValueError(f"`on` holds some of {', '.join(ENDED)}, got {self.on!r} (Webhook)")
        msgspec.structs.force_setattr(self, "on", tuple(self.on))
        try:
            msgspec.json.encode(self.data)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidValueError(f"`data` must be plain values: {error} (Webhook)") from error

    def __repr__(self) -> str:
        return f"Webhook(host={urlsplit(self.url).hostname!r}, on={self.on!r})"  # addresses may hold secrets


def read_webhook(store: Store) -> Webhook | None:
    """Read the webhook of a root; None if it has none.

    Raises
    ------
    InvalidValueError
        If the file can't be understood.
    """
    try:
        text = store.read_bytes(NOTICES_KEY)
    except MissingObjectError:
        return None
    try:
        webhook = msgspec.convert(tomllib.loads(text.decode()), Webhook)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise InvalidValueError(
            f"{store.location(NOTICES_KEY)} can't be used: {error}; it may have url, on and data"
        ) from error
    if webhook.secret is not None:
        raise InvalidValueError(
            f"{store.location(NOTICES_KEY)} has a secret, which others can read there: take it out, and put "
            f"another one into {SECRET_VARIABLE}"
        )
    return webhook


def verify_signature(body: bytes, header: str | None, secret: str) -> bool:
    """Tell whether a notice was signed with this secret.

    Parameters
    ----------
    body : bytes
        Of the request, as it came.
    header : str or None
        The request's ``X-Bazaar-Signature``.
    secret : str
        That of the `Webhook`.

    Examples
    --------
    >>> verify_signature(b"{}", "sha512=00", "secret")
    False
    """
    if not secret or not isinstance(header, str):
        return False
    return hmac.compare_digest(sign(body, secret).encode(), header.strip().encode("utf-8", "replace"))


def sign(body: bytes, secret: str) -> str:
    """Give the signature header of a body: HMAC-SHA512 (RFC 2104), in lower-case hex."""
    return _SCHEME + hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha512).hexdigest()


def send_notice(webhook: Webhook | None, event: RenderEvent) -> threading.Thread | None:
    """Tell a webhook of a render's end, in a thread of its own; None if it isn't to be told."""
    if webhook is None or event.status not in webhook.on:
        return None
    thread = threading.Thread(target=_deliver, args=(webhook, event), name="bazaar-notice", daemon=True)
    _sending.add(thread)
    thread.start()
    return thread


def finish_notices() -> None:
    """Give the notices that are under way a few seconds more; at the end of the process."""
    _exiting.set()
    stop = time.monotonic() + _AT_EXIT_S
    for thread in list(_sending):
        thread.join(max(0.0, stop - time.monotonic()))


def _deliver(webhook: Webhook, event: RenderEvent) -> None:
    host = urlsplit(webhook.url).hostname
    try:
        body = _body(webhook, event)
        for pause_s in (*_PAUSES_S, None):
            problem, final = _post(webhook, body)
            if problem is None:
                return
            if final or pause_s is None:
                _log.warning(
                    "the webhook at %s was not told of render %s: %s", host, event.render_id, problem
                )
                return
            # Many renders may end at once; and at the end of the process there is no time to pause.
            _exiting.wait(pause_s * (1 + secrets.randbelow(250) / 1000))
    except Exception:
        _log.exception("the webhook at %s was not told of render %s", host, event.render_id)
    finally:
        _sending.discard(threading.current_thread())


def _body(webhook: Webhook, event: RenderEvent) -> bytes:
    told: dict[str, Any] = {name: getattr(event, name) for name in _TOLD}
    told["sent"] = dt.datetime.now(dt.UTC)
    told["delivery"] = secrets.token_hex(16)
    told["data"] = webhook.data
    return msgspec.json.encode(told)


def _post(webhook: Webhook, body: bytes) -> tuple[str | None, bool]:
    """Send a notice once; give what went wrong, and whether trying again can't help."""
    headers = {"Content-Type": "application/json", "User-Agent": "bazaar_nb"}
    secret = webhook.secret or os.environ.get(SECRET_VARIABLE)
    if secret:
        headers[SIGNATURE_HEADER] = sign(body, secret)
    if _is_link_local(webhook.url):
        return "its address is a link-local one", True
    try:
        request = urllib.request.Request(webhook.url, body, headers, method="POST")
        with _opener().open(request, timeout=_TIMEOUT_S):
            return None, True
    except urllib.error.HTTPError as error:
        with error:
            return f"it answered {error.code}", error.code < 500 and error.code not in _TRY_AGAIN
    # URLError too; its text may hold the address, whose query may be secret.
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        return f"it can't be reached: {getattr(reason, 'strerror', None) or type(reason).__name__}", False


def _is_address(url: object) -> bool:
    try:
        parts = urlsplit(url if isinstance(url, str) and url.isprintable() else "")
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no host or port is written like that
        return False


def _is_link_local(url: str) -> bool:
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except (OSError, ValueError):  # nobody knows it: sending will say so, or a proxy knows it
        return False
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return any((getattr(address, "ipv4_mapped", None) or address).is_link_local for address in addresses)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for what it is, an answer that is no success: a notice is for one host."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirects)
