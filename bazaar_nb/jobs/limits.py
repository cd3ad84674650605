"""Limits on renders: what they are, where they come from, and what is said when one is reached.

On a root that several people can write to, limits and members are a courtesy:
they keep people from taking too much by accident. Against intent, only the
policy of the bucket (or the permissions of the folder) is a lock.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from bazaar_nb.errors import InvalidValueError, LimitError
from bazaar_nb.media.codecs import FORMATS, QUALITIES
from bazaar_nb.render.result import format_bytes
from bazaar_nb.store.faults import MissingObjectError
from bazaar_nb.store.store import Store

LIMITS_KEY = "limits.toml"
"""Where the limits of a root are."""

CUSTOM = "custom"
"""The quality tier of renders whose CRF or bit rate was given by hand."""

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_UNDER_WAY = ("queued", "started")


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What renders may take; None is no limit.

    Limits that a `Workspace` is given and those of ``limits.toml`` in its root
    hold side by side. The file has the names below, and a table for each
    quality::

        duration_s = 600
        renders_per_hour = 20

        [quality.high]
        duration_s = 60

    Parameters
    ----------
    duration_s : float, optional
        Of a movie, in seconds.
    pixels : int, optional
        Of a frame: width times height.
    fps : float, optional
    formats : sequence of str, optional
        Of ``mp4``, ``webm`` and ``gif``, those that are allowed.
    size_bytes : int, optional
        Of a movie's file. With a bit rate it is known before; else the render
        ends when it becomes larger.
    running : int, optional
        Renders of one user that have been asked for and have not ended.
    renders_per_hour : int, optional
        Renders that one user asked for within the last hour, whatever became of them.
    minutes_per_day : float, optional
        Length of the movies of one user within the last 24 hours, in minutes;
        those that failed, were cancelled or got lost don't count.
    quality : dict, optional
        Limits of one quality: ``low``, ``medium``, ``high``, or ``custom``,
        which is a CRF or bit rate given by hand. They count renders of that
        quality alone, and hold beside the others.

    Raises
    ------
    InvalidValueError
        For a negative limit, an unknown format or an unknown quality.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> careful = bz.Workspace("films", limits=bz.Limits(duration_s=600, running=3, formats=["mp4"]))
    """

    duration_s: float | None = None
    pixels: int | None = None
    fps: float | None = None
    formats: tuple[str, ...] | None = None
    size_bytes: int | None = None
    running: int | None = None
    renders_per_hour: int | None = None
    minutes_per_day: float | None = None
    quality: dict[str, Limits] = {}

    def __post_init__(self) -> None:
        for name in _NUMBERS:
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise InvalidValueError(f"`{name}` must be a number, at least 0, got {value!r} (Limits)")
        formats = self.formats
        if formats is not None and (isinstance(formats, str) or not set(formats) <= set(FORMATS)):
            raise InvalidValueError(f"`formats` holds some of {', '.join(FORMATS)}, got {formats!r} (Limits)")
        if formats is not None:
            msgspec.structs.force_setattr(self, "formats", tuple(formats))
        tiers = (*QUALITIES, CUSTOM)
        if not isinstance(self.quality, dict) or not set(self.quality) <= set(tiers):
            raise InvalidValueError(
                f"`quality` has limits of {', '.join(tiers)}, got {self.quality!r} (Limits)"
            )
        for tier, limits in self.quality.items():
            if not isinstance(limits, Limits) or limits.quality:
                raise InvalidValueError(
                    f"`quality` holds Limits without a quality of their own, see {tier!r}"
                )

    @property
    def counts(self) -> bool:
        """Whether earlier renders must be looked at."""
        own = (self.running, self.renders_per_hour, self.minutes_per_day)
        return any(value is not None for value in own) or any(tier.counts for tier in self.quality.values())


_NUMBERS = ("duration_s", "pixels", "fps", "size_bytes", "running", "renders_per_hour", "minutes_per_day")


class Asked(NamedTuple):
    """What a render would take.

    Attributes
    ----------
    size_bytes : int or None
        Of the file, where a bit rate tells it.
    """

    user: str
    duration_s: float
    width: int
    height: int
    fps: float
    format: str
    quality: str
    size_bytes: int | None


class Earlier(NamedTuple):
    """A render that the same user asked for; `status` is that of the history."""

    created: dt.datetime
    status: str
    duration_s: float
    quality: str


class Rule(NamedTuple):
    """Limits with where they come from, for messages, and the quality that they are for."""

    limits: Limits
    source: str
    quality: str | None = None


def read_limits(store: Store) -> Limits | None:
    """Read the limits of a root; None if it has none.

    Raises
    ------
    InvalidValueError
        If the file can't be understood: then nothing is rendered.
    """
    try:
        text = store.read_bytes(LIMITS_KEY)
    except MissingObjectError:
        return None
    try:
        return msgspec.convert(tomllib.loads(text.decode()), Limits)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise InvalidValueError(
            f"{store.location(LIMITS_KEY)} can't be used: {error}; it may have {', '.join(_NUMBERS)}, "
            "formats, and tables of these for [quality.low], medium, high and custom"
        ) from error


def rules_for(quality: str, sources: Iterable[tuple[Limits | None, str]]) -> list[Rule]:
    """Give all limits that a render of this quality must keep."""
    rules = []
    for limits, source in sources:
        if limits is not None:
            rules.append(Rule(limits, source))
            if quality in limits.quality:
                rules.append(Rule(limits.quality[quality], source, quality))
    return rules


def check_asked(asked: Asked, rules: Iterable[Rule]) -> None:
    """Check all that doesn't depend on other renders.

    Raises
    ------
    LimitError
        For the first limit that the render would go beyond.
    """
    for rule in rules:
        limits = rule.limits
        _at_most(rule, "duration_s", limits.duration_s, asked.duration_s, "a movie of {:g} s was", "{:g} s")
        _at_most(
            rule, "pixels", limits.pixels, asked.width * asked.height,
            f"frames of {asked.width}x{asked.height}, {{:,}} pixels, were", "{:,}",
        )  # fmt: skip
        _at_most(rule, "fps", limits.fps, asked.fps, "{:g} frames a second were", "{:g}")
        if limits.formats is not None and asked.format not in limits.formats:
            allowed = ", ".join(limits.formats) or "none"
            raise LimitError(
                f"limit `formats` is {allowed}{_source(rule)}: {asked.format} was asked for",
                limit="formats", allowed=allowed, used=asked.format,
            )  # fmt: skip
        size, most = asked.size_bytes, limits.size_bytes
        if size is not None and most is not None and size > most:
            raise LimitError(
                f"limit `size_bytes` is {format_bytes(most)}{_source(rule)}: at this bit rate the movie has "
                f"about {format_bytes(size)}",
                limit="size_bytes", allowed=most, used=size,
            )  # fmt: skip


def check_earlier(asked: Asked, rules: Iterable[Rule], earlier: Iterable[Earlier], now: dt.datetime) -> None:
    """Check what depends on the user's other renders.

    Parameters
    ----------
    earlier : iterable of Earlier
        Renders of the same user, at least those of the last 24 hours and those under way.

    Raises
    ------
    LimitError
        For the first limit that the render would go beyond, with when it frees.
    """
    renders = sorted(earlier)
    for rule in rules:
        mine = [render for render in renders if rule.quality in (None, render.quality)]
        _check_running(asked, rule, mine)
        _check_hour(asked, rule, [render for render in mine if now - render.created < _HOUR], now)
        _check_day(asked, rule, [render for render in mine if now - render.created < _DAY], now)


def most_bytes(rules: Iterable[Rule]) -> int | None:
    """Give how large the file may become; None for any size."""
    return min((rule.limits.size_bytes for rule in rules if rule.limits.size_bytes is not None), default=None)


def _at_most(rule: Rule, name: str, most: float | None, asked: float, wish: str, unit: str) -> None:
    if most is not None and asked > most:
        raise LimitError(
            f"limit `{name}` is {unit.format(most)}{_source(rule)}: {wish.format(asked)} asked for",
            limit=name, allowed=most, used=asked,
        )  # fmt: skip


def _check_running(asked: Asked, rule: Rule, mine: list[Earlier]) -> None:
    most = rule.limits.running
    going = [render for render in mine if render.status in _UNDER_WAY]
    if most is None or len(going) < most:
        return
    raise LimitError(
        f"limit `running` is {most}{_source(rule)}: {asked.user} has {len(going)} queued or running; "
        f"{'the next is possible when one of them ends' if most else 'none is possible'}",
        limit="running", allowed=most, used=len(going),
    )  # fmt: skip


def _check_hour(asked: Asked, rule: Rule, mine: list[Earlier], now: dt.datetime) -> None:
    most = rule.limits.renders_per_hour
    if most is None or len(mine) < most:
        return
    frees_at = mine[len(mine) - most].created + _HOUR if most else None
    raise LimitError(
        f"limit `renders_per_hour` is {most}{_source(rule)}: {asked.user} has asked for {len(mine)} in the "
        f"last hour; {_when(frees_at, now)}",
        limit="renders_per_hour", allowed=most, used=len(mine), frees_at=frees_at,
    )  # fmt: skip


def _check_day(asked: Asked, rule: Rule, mine: list[Earlier], now: dt.datetime) -> None:
    most = rule.limits.minutes_per_day
    counted = [render for render in mine if render.status in (*_UNDER_WAY, "succeeded")]
    used_s = sum(render.duration_s for render in counted)
    if most is None or used_s + asked.duration_s <= most * 60:
        return
    frees_at = next(_freed(counted, used_s + asked.duration_s - most * 60), None)
    raise LimitError(
        f"limit `minutes_per_day` is {most:g}{_source(rule)}: {asked.user} has made movies of "
        f"{used_s / 60:.1f} minutes in the last 24 hours, and this one has {asked.duration_s / 60:.1f}; "
        f"{_when(frees_at, now)}",
        limit="minutes_per_day", allowed=most, used=used_s / 60, frees_at=frees_at,
    )  # fmt: skip


def _freed(renders: list[Earlier], too_much_s: float) -> Iterator[dt.datetime]:
    """Give when so many seconds of movies are a day old; nothing if there aren't as many."""
    for render in renders:
        too_much_s -= render.duration_s
        if too_much_s <= 0:
            yield render.created + _DAY


def _when(frees_at: dt.datetime | None, now: dt.datetime) -> str:
    if frees_at is None:
        return "it is never possible"
    minutes = -((now - frees_at) // dt.timedelta(minutes=1))
    wait = f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
    return f"it is possible at {frees_at.astimezone(dt.UTC):%H:%M} UTC, in {wait}"


def _source(rule: Rule) -> str:
    tier = f" for {rule.quality} quality" if rule.quality else ""
    return f"{tier} ({rule.source})"
