"""Who has a detached render: claims that are made once each, and hold as long as their holder gives signs.

The claim of number n is a file that only one process can create. While it
works it writes a sign beside it again and again. Whoever sees no new sign for
`LEASE_S`, by its own clock, may create the claim of number n + 1; the holder,
should it live after all, finds that and stops. Clocks of two machines are never
compared: that a sign is another one than before is all that counts.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from bazaar_nb.history.process import is_gone, process_started
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.key_layout import detached_prefix
from bazaar_nb.store.store import Store
from bazaar_nb.store.temporary import host_name

BEAT_S = 3.0
"""How often a holder gives a sign, and looks whether it still holds."""
LEASE_S = 30.0
"""How long without a sign a claim holds."""

_CLAIM = re.compile(r"claims/(\d{6})\.(json|sign|released)")


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who made a claim."""

    host: str
    pid: int
    process_started: dt.datetime
    token: str


class Claims(NamedTuple):
    """The claims of a render, as a listing of its files shows them.

    Attributes
    ----------
    number : int
        Of the newest; 0 if there is none.
    sign : tuple of float
        When its files were written: whatever that says, it changes with each sign.
    released : frozenset of int
        Those that were given up.
    is_cancelled : bool
        Whether somebody wants the render to end.
    """

    number: int
    sign: tuple[float, ...]
    released: frozenset[int]
    is_cancelled: bool


def read_claims(store: Store, render_id: str) -> Claims:
    """Look at the claims of a render; one question to the store."""
    prefix = detached_prefix(render_id)
    numbers: dict[int, list[float]] = {}
    released: set[int] = set()
    cancelled = False
    for entry in store.entries(f"{prefix}c"):
        name = entry.key.removeprefix(prefix)
        cancelled = cancelled or name == _CANCEL
        found = _CLAIM.fullmatch(name)
        if found and found[2] == "released":
            released.add(int(found[1]))
        elif found:
            numbers.setdefault(int(found[1]), []).append(entry.modified)
    number = max(numbers, default=0)
    return Claims(number, tuple(sorted(numbers.get(number, ()))), frozenset(released), cancelled)


_CANCEL = "cancel.json"


def want_cancelled(store: Store, render_id: str, user: str) -> None:
    """Say that a render is to end."""
    store.write_bytes(f"{detached_prefix(render_id)}{_CANCEL}", msgspec.json.encode({"user": user}))


class LeaseWatch:
    """Tells whether claims still hold, from what was seen of them.

    Parameters
    ----------
    clock : function
        Seconds on a clock of this process.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._seen: dict[str, tuple[int, tuple[float, ...], float]] = {}
        self._holders: dict[tuple[str, int], Holder | None] = {}

    def is_free(self, render_id: str, claims: Claims) -> bool:
        """Tell whether a render may be claimed: nobody has it, or whoever had it gives no sign any more."""
        if claims.number == 0 or claims.number in claims.released:
            return True
        number, sign, since = self._seen.get(render_id, (0, (), 0.0))
        now = self._clock()
        if (number, sign) != (claims.number, claims.sign):
            self._seen[render_id] = claims.number, claims.sign, now
            since = now
        return now - since > LEASE_S or self._is_gone(render_id, claims.number)

    def forget(self, render_id: str) -> None:
        """Forget a render that has ended."""
        self._seen.pop(render_id, None)

    def _is_gone(self, render_id: str, number: int) -> bool:
        """Tell whether the holder was a process of this host that has ended."""
        key = render_id, number
        if key not in self._holders:
            try:
                data = self._store.read_bytes(claim_key(render_id, number))
                self._holders[key] = msgspec.json.decode(data, type=Holder)
            except (MissingObjectError, msgspec.DecodeError):
                self._holders[key] = None
        holder = self._holders[key]
        return (
            holder is not None and holder.host == host_name() and is_gone(holder.pid, holder.process_started)
        )


class Lease:
    """A claim that this process made.

    Attributes
    ----------
    number : int
    is_lost : bool
        Whether another process has the render now.
    """

    def __init__(self, store: Store, render_id: str, number: int) -> None:
        self.is_lost = False
        self._store = store
        self._render_id = render_id
        self.number = number

    def sign(self) -> None:
        """Give a sign."""
        self._store.write_bytes(claim_key(self._render_id, self.number, "sign"), os.urandom(8))

    def release(self) -> None:
        """Give the render up: others may claim it at once."""
        self._store.write_bytes(claim_key(self._render_id, self.number, "released"), b"{}")


def claim_key(render_id: str, number: int, kind: str = "json") -> str:
    """Give the key of a claim, or of what lies beside it."""
    return f"{detached_prefix(render_id)}claims/{number:06d}.{kind}"


def try_claim(store: Store, render_id: str, number: int, token: str) -> Lease | None:
    """Claim a render; None if somebody else was faster.

    Parameters
    ----------
    number : int
        One more than that of the newest claim.
    token : str
        This process's own, and no other's.
    """
    holder = Holder(host=host_name(), pid=os.getpid(), process_started=process_started(), token=token)
    if not store.try_create(claim_key(render_id, number), msgspec.json.encode(holder)):
        return None
    return Lease(store, render_id, number)
