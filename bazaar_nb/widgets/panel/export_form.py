"""What can be chosen for an export of a film, and what comes of a choice."""

from __future__ import annotations

import os
import time
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from bazaar_nb.detached.attached import AttachedRender
from bazaar_nb.detached.submission import check_detached, submit_detached
from bazaar_nb.errors import BazaarError, InvalidValueError, SettingsError, StoreError
from bazaar_nb.history.reader import read_recent
from bazaar_nb.jobs.admission import would_refuse
from bazaar_nb.jobs.estimate import Estimate
from bazaar_nb.jobs.estimation import Place, estimate
from bazaar_nb.jobs.export_request import ExportOptions, ExportRequest, make_request
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.queue import make_job
from bazaar_nb.jobs.similar_renders import EarlierRender, Wanted, read_earlier
from bazaar_nb.media.codecs import CODECS, ENDINGS, FORMATS, QUALITIES, formats_of
from bazaar_nb.media.export_options import BIT_RATES, resolve_settings
from bazaar_nb.media.settings import Settings
from bazaar_nb.media.sizes import SHORT_SIDES, Resolution
from bazaar_nb.render.film_sounds import known_clips
from bazaar_nb.scene.film import Film
from bazaar_nb.scene.time import format_fps
from bazaar_nb.store.paths import read_path
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.panel.protocol import Choice
from bazaar_nb.workspace import Workspace

_FORMAT_LABELS = {
    "mp4": "MP4", "webm": "WebM", "mov": "MOV", "gif": "GIF", "webp": "WebP", "apng": "APNG",
    "png": "PNG pictures", "jpeg": "JPEG pictures",
}  # fmt: skip
_CODEC_LABELS = {
    "h264": "H.264", "h265": "H.265", "av1": "AV1", "vp9": "VP9", "vp8": "VP8", "prores": "ProRes",
    "gif": "GIF", "webp": "WebP", "apng": "APNG", "png": "PNG", "jpeg": "JPEG",
}  # fmt: skip
_RATES = ("10", "12", "15", "20", "23.976", "24", "25", "29.97", "30", "48", "50", "59.94", "60", "120")
_RATES_OF_VIDEOS_FROM = 15.0
_DAYS = 14
"""Of the history, for estimates."""
_KEPT_S = 20.0


class ExportForm:
    """The choices for a film's exports into a workspace.

    Parameters
    ----------
    film : composition
        May be exchanged.
    """

    def __init__(self, film: Film, where: Workspace) -> None:
        self.film = film
        self.where = where
        self.range: tuple[int, int] | None = None
        """Half-open, in the film's frames: what is chosen at first; None is all of it."""
        self._earlier: tuple[float, list[EarlierRender]] | None = None

    def describe(self) -> dict[str, Any]:
        """Give all that can be chosen: for each codec what goes with it."""
        film, codecs = self.film, self._codecs()
        formats = [
            {"name": name, "label": _FORMAT_LABELS[name], "codecs": having}
            for name, takes in FORMATS.items()
            if (having := [codec for codec in takes.codecs if codec in codecs])
        ]
        if not formats:
            raise SettingsError(
                f"no format takes frames of {film.width}x{film.height} (Composition {film.name!r:.80})"
            )
        first, stop = self.range or (0, film.frames)
        return {
            "film": plain(film.name),
            "name": _stem(plain(film.name).replace("/", "-")),
            "frames": film.frames,
            "fps": [film.fps.numerator, film.fps.denominator],
            "range": [min(first, film.frames - 1), min(stop, film.frames)],
            "has_sound": bool(film.sound or known_clips(film)),
            "project": plain(self.where.project),
            "formats": formats,
            "codecs": codecs,
        }

    def check(self, choice: Choice) -> dict[str, Any]:
        """Tell what would come of a choice; never raises because of it."""
        try:
            request = self._request(choice)
            refusal = would_refuse(request)
            if choice.detach:
                check_detached(request)
        except BazaarError as error:
            return {"name": "", "about": "", "time": "", "size": "", "source": "", "note": "",
                    "refusal": str(error)}  # fmt: skip
        expected = self._estimate(request)
        return {
            "name": plain(request.name),
            "about": describe_settings(request.settings, request.duration_s, sound=request.has_sound),
            "time": expected.time_words,
            "size": expected.size_words,
            "source": expected.source_words,
            "note": "replaces the file that is there" if _is_there(request.target) else "",
            "refusal": refusal,
        }

    def submit(self, choice: Choice) -> Job | AttachedRender:
        """Ask for what was chosen.

        Raises
        ------
        BazaarError
            As `Composition.submit`.
        """
        place, options = self._wanted(choice)
        if choice.detach:
            return AttachedRender(self.where, submit_detached(self.film, place, options, self.where))
        job = make_job(self.film, place, options, self.where)
        self.where.queue.submit(job)
        return job

    def forget_renders(self) -> None:
        """Look at the history again: a render has ended."""
        self._earlier = None

    def _request(self, choice: Choice) -> ExportRequest:
        place, options = self._wanted(choice)
        return make_request(self.film, place, options, self.where)

    def _codecs(self) -> dict[str, dict[str, Any]]:
        found = {}
        for name in CODECS:
            resolutions = self._resolutions(name)
            if not resolutions:
                continue
            found[name] = {
                "label": _CODEC_LABELS[name],
                "qualities": ["high"] if name in ("apng", "png") else list(QUALITIES),
                "bitrates": list(BIT_RATES) if CODECS[name].presets else [],
                "resolutions": resolutions,
                "rates": self._rates(name, resolutions[0][0]),
                "has_sound": any(FORMATS[format_].sound for format_ in formats_of(name)),
            }
        return found

    def _resolutions(self, codec: str) -> list[tuple[str | None, str]]:
        film, seen = self.film, set()
        offers: list[tuple[str | None, str]] = []
        even = f"{film.width - film.width % 2}x{film.height - film.height % 2}"
        for value in (None, even, *SHORT_SIDES):
            settings = self._settings(codec, value, None)
            size = None if settings is None else (settings.width, settings.height)
            if size is None or (size in seen and value == even):
                continue
            if size in seen and None in dict(offers):  # 1080p of a film that is 1080p
                continue
            seen.add(size)
            shown = f"{size[0]}×{size[1]}"
            named = value if value in SHORT_SIDES else ("film" if size == _size(film) else "")
            offers.append((value, f"{shown} ({named})" if named else shown))
        return offers

    def _rates(self, codec: str, resolution: str | None) -> list[tuple[str | None, str]]:
        film = self.film
        offers: list[tuple[str | None, str]] = []
        for value in (None, *_RATES):
            if value is not None and not _is_image(codec) and float(value) < _RATES_OF_VIDEOS_FROM:
                continue
            settings = self._settings(codec, resolution, value)
            if settings is None or (offers and value is not None and settings.fps == film.fps):
                continue
            shown = f"{format_fps(settings.fps)} fps"
            offers.append((value, f"{shown} (film)" if settings.fps == film.fps else shown))
        first = offers[0][1].split(" ")[0] if offers else ""
        return [offer for offer in offers if offer[0] is None or offer[0] != first]

    def _settings(self, codec: str, resolution: str | None, fps: str | None) -> Settings | None:
        film = self.film
        try:
            return resolve_settings(
                _size(film), film.fps, codec=codec, resolution=_as_resolution(resolution), fps_out=fps
            )
        except SettingsError:
            return None

    def _wanted(self, choice: Choice) -> tuple[str | Path, ExportOptions]:
        """Give what `Composition.submit` takes; whatever was not on offer is refused."""
        film, kind = self.film, self._codecs().get(choice.codec)
        if kind is None or choice.codec not in FORMATS[choice.format].codecs:
            raise SettingsError(f"codec {choice.codec} does not go into {choice.format} for this film")
        for what, chosen in (("resolution", choice.resolution), ("rate", choice.fps)):
            if chosen not in dict(kind[f"{what}s"]):
                raise SettingsError(
                    f"a {what} of {chosen!r} is not on offer for {choice.codec} and this film"
                )
        if not 0 <= choice.first < choice.stop <= film.frames:
            raise SettingsError(
                f"the range must be frames from 0 to {film.frames - 1}, the last not before the first, got "
                f"{choice.first} to {choice.stop - 1}"
            )
        name = _file_name(choice)
        place: str | Path = name
        if choice.folder is not None:
            place = _folder(choice.folder) / name
        whole = (choice.first, choice.stop) == (0, film.frames)
        options = ExportOptions(
            format=choice.format,
            quality=choice.quality if choice.bitrate is None else None,
            bitrate=choice.bitrate,
            resolution=_as_resolution(choice.resolution),
            fps=choice.fps,
            frame_range=None if whole else (choice.first, choice.stop),
        )
        if choice.codec in ("apng", "png"):  # they lose nothing
            options["quality"] = None
        if not _is_image(choice.codec):
            options["codec"] = choice.codec
            options["mute"] = choice.mute
        return place, options

    def _estimate(self, request: ExportRequest) -> Estimate:
        now = time.monotonic()
        if self._earlier is None or now - self._earlier[0] > _KEPT_S:
            try:
                self._earlier = (now, read_earlier(read_recent(self.where.store, _DAYS)))
            except StoreError:
                self._earlier = (now, [])
        engine, store = request.engine, self.where.store
        wanted = Wanted.of(request, engine.name, engine.workers)
        return estimate(wanted, self._earlier[1], Place(is_remote=store.is_remote))


def describe_settings(settings: Settings, duration_s: float, *, sound: bool) -> str:
    """Give what a movie is for people."""
    length = f"{duration_s:.2f}".rstrip("0").rstrip(".") + " s"
    if settings.is_sound:
        rate = "" if settings.bit_rate is None else f" · {settings.bit_rate / 1000:.0f} kbit/s"
        return f"{length} of sound · {settings.codec.upper()}{rate}"
    parts = [
        f"{settings.width}×{settings.height}",
        f"{format_fps(settings.fps)} fps",
        length,
        _CODEC_LABELS[settings.codec],
    ]
    if settings.bit_rate is not None:
        parts.append(f"{settings.bit_rate / 1e6:.3g} Mbit/s")
    elif settings.quality is not None:
        parts.append(f"{settings.quality} quality")
    return " · ".join([*parts, *(["sound"] if sound else [])])


def first_choice(form: dict[str, Any]) -> Choice:
    """Give what is chosen at first: the first format and codec, and all as the film is."""
    codec = form["formats"][0]["codecs"][0]
    kind = form["codecs"][codec]
    return msgspec.convert(
        {
            "format": form["formats"][0]["name"],
            "codec": codec,
            "quality": "medium",
            "bitrate": None,
            "resolution": kind["resolutions"][0][0],
            "fps": kind["rates"][0][0],
            "first": form["range"][0],
            "stop": form["range"][1],
            "name": form["name"][:1000],
            "folder": None,
            "mute": False,
        },
        Choice,
    )


def _is_image(codec: str) -> bool:
    takes = FORMATS[formats_of(codec)[0]]
    return takes.is_image or takes.is_sequence


def _size(film: Film) -> tuple[int, int]:
    return film.width, film.height


def _as_resolution(offered: str | None) -> Resolution | None:
    if offered is None or offered in SHORT_SIDES:
        return offered
    width, _, height = offered.partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() else offered


def _stem(name: str) -> str:
    """Give a name without the suffix of a movie."""
    suffix = PurePosixPath(name).suffix
    return name[: -len(suffix)] if suffix[1:].lower() in ENDINGS else name


def _file_name(choice: Choice) -> str:
    name = _stem(choice.name.strip())
    if not name.strip(". ") or "/" in name or os.sep in name or "\0" in name:
        raise InvalidValueError(
            f"the movie can't be called {choice.name!r:.80}: a name has letters, and no / in it"
        )
    return f"{name}{FORMATS[choice.format].suffix}"


def _folder(text: str) -> Path:
    folder = text.strip()
    if not folder or "://" in folder:
        raise InvalidValueError(f"expected a folder on the kernel's machine, got {text!r:.80}")
    return read_path(folder, "folder")


def _is_there(target: Path | str | None) -> bool:
    try:
        return isinstance(target, Path) and target.exists()
    except OSError:
        return False
