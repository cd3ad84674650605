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
from bazaar_nb.jobs.gif_size import with_gif_size
from bazaar_nb.jobs.job import Job
from bazaar_nb.jobs.several_files import make_jobs_of
from bazaar_nb.jobs.similar_renders import EarlierRender, Wanted, read_earlier
from bazaar_nb.media.codecs import ENDINGS, FORMATS
from bazaar_nb.media.subtitles import SUBTITLE_CODECS
from bazaar_nb.scene.film import Film
from bazaar_nb.store.paths import read_path
from bazaar_nb.widgets.display_names import plain
from bazaar_nb.widgets.panel.offers import as_resolution, codec_offers, format_offers, has_sound, is_video
from bazaar_nb.widgets.panel.protocol import Choice
from bazaar_nb.widgets.panel.setting_labels import describe_settings
from bazaar_nb.words.captions.captions import Captions
from bazaar_nb.workspace import Workspace

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
        self._gif: tuple[tuple[object, ...], Estimate] | None = None

    def describe(self) -> dict[str, Any]:
        """Give all that can be chosen: for each codec what goes with it."""
        film, codecs = self.film, codec_offers(self.film)
        first, stop = self.range or (0, film.frames)
        return {
            "film": plain(film.name),
            "name": _stem(plain(film.name).replace("/", "-")),
            "frames": film.frames,
            "fps": [film.fps.numerator, film.fps.denominator],
            "range": [min(first, film.frames - 1), min(stop, film.frames)],
            "has_sound": has_sound(film),
            "project": plain(self.where.project),
            "formats": format_offers(film, codecs),
            "codecs": codecs,
        }

    def check(self, choice: Choice) -> dict[str, Any]:
        """Tell what would come of a choice; never raises because of it."""
        try:
            film = self._shown(choice)
            requests = [make_request(film, *file, self.where) for file in self._files(choice)]
            refusal = next(filter(None, map(would_refuse, requests)), None)
            if choice.detach:
                for request in requests:
                    check_detached(request)
        except BazaarError as error:
            return {"name": "", "about": "", "time": "", "size": "", "source": "", "note": "", "also": [],
                    "refusal": str(error)}  # fmt: skip
        first, *others = (self._facts(request) for request in requests)
        there = [request.name for request in requests if _is_there(request.target)]
        return first | {
            "note": _replaces(there),
            "also": [{name: one[name] for name in ("name", "about", "size")} for one in others],
            "refusal": refusal,
        }

    def submit(self, choice: Choice) -> list[Job] | list[AttachedRender]:
        """Ask for what was chosen: a job a file.

        Raises
        ------
        BazaarError
            As `Composition.submit`.
        """
        film, files = self._shown(choice), self._files(choice)
        if choice.detach:
            return [AttachedRender(self.where, submit_detached(film, *file, self.where)) for file in files]
        jobs = make_jobs_of(film, files, self.where)
        for job in jobs:
            self.where.queue.submit(job)
        return jobs

    def forget_renders(self) -> None:
        """Look at the history again: a render has ended."""
        self._earlier = None

    def _shown(self, choice: Choice) -> Film:
        """Give the film with what is burnt into it."""
        if choice.captions is None or not choice.burn:
            return self.film
        return self.film.with_layers(Captions(_captions_file(choice.captions)))

    def _files(self, choice: Choice) -> list[tuple[str | Path, ExportOptions]]:
        """Give what `Composition.submit` takes for each file; whatever was not on offer is refused."""
        film, codecs = self.film, codec_offers(self.film)
        kind = codecs.get(choice.codec)
        takes = FORMATS[choice.format]
        if kind is None or choice.codec not in (takes.codecs or (takes.sound,)):
            raise SettingsError(f"codec {choice.codec} does not go into {choice.format} for this film")
        for what, chosen in (("resolution", choice.resolution), ("rate", choice.fps)):
            if chosen not in dict(kind[f"{what}s"]) and not (takes.is_sound and chosen is None):
                raise SettingsError(
                    f"a {what} of {chosen!r} is not on offer for {choice.codec} and this film"
                )
        if not 0 <= choice.first < choice.stop <= film.frames:
            raise SettingsError(
                f"the range must be frames from 0 to {film.frames - 1}, the last not before the first, got "
                f"{choice.first} to {choice.stop - 1}"
            )
        files = [self._file(choice, choice.format, choice.codec, kind)]
        offers = format_offers(film, codecs)
        for format_ in dict.fromkeys(choice.also):
            more = next((one for one in offers if one["name"] == format_), None)
            if more is None:
                raise SettingsError(f"{format_} is not on offer for this film")
            if format_ != choice.format:
                files.append(self._file(choice, format_, more["codecs"][0], codecs[more["codecs"][0]]))
        return files

    def _file(
        self, choice: Choice, format_: str, codec: str, kind: dict[str, Any]
    ) -> tuple[str | Path, ExportOptions]:
        """Give where a file goes, and its options: of what was chosen, all that it can have."""
        is_first = format_ == choice.format
        name = _file_name(choice.name, format_)
        place = name if choice.folder is None else _folder(choice.folder) / name
        options = ExportOptions(format=format_)
        if is_video(codec):
            options["codec"] = codec
            options["mute"] = choice.mute
        if choice.bitrate is not None and (is_first or kind["bitrates"]):
            options["bitrate"] = choice.bitrate
        elif len(kind["qualities"]) > 1:  # some lose nothing
            options["quality"] = choice.quality or "medium"
        for what, chosen in (("resolution", choice.resolution), ("rate", choice.fps)):
            if is_first or chosen in dict(kind[f"{what}s"]):
                options["resolution" if what == "resolution" else "fps"] = (
                    as_resolution(chosen) if what == "resolution" else chosen
                )
        if (choice.first, choice.stop) != (0, self.film.frames):
            options["frame_range"] = (choice.first, choice.stop)
        if is_first or kind["bounded"]:
            options["maxrate"] = choice.maxrate
        if is_first or choice.bit_depth in kind["depths"]:
            options["bit_depth"] = choice.bit_depth
        if choice.captions is not None and not choice.burn and (is_first or format_ in SUBTITLE_CODECS):
            options["captions"] = Captions(_captions_file(choice.captions))
        return place, options

    def _facts(self, request: ExportRequest) -> dict[str, Any]:
        expected = self._estimate(request)
        return {
            "name": plain(request.name),
            "about": describe_settings(request.settings, request.duration_s, sound=request.has_sound),
            "time": expected.time_words,
            "size": expected.size_words,
            "source": expected.source_words,
        }

    def _estimate(self, request: ExportRequest) -> Estimate:
        now = time.monotonic()
        if self._earlier is None or now - self._earlier[0] > _KEPT_S:
            try:
                self._earlier = (now, read_earlier(read_recent(self.where.store, _DAYS)))
            except StoreError:
                self._earlier = (now, [])
        engine, store = request.engine, self.where.store
        wanted = Wanted.of(request, engine.name, engine.workers)
        told = estimate(wanted, self._earlier[1], Place(is_remote=store.is_remote))
        return self._with_gif_size(told, request) if request.settings.format == "gif" else told

    def _with_gif_size(self, told: Estimate, request: ExportRequest) -> Estimate:
        """Draw some frames of a GIF for its size, once as long as nothing of it changes."""
        settings = request.settings
        key = (id(self.film), self.film.version, settings.fingerprint(), settings.colours, request.first,
               request.stop, told)  # fmt: skip
        if self._gif is None or self._gif[0] != key:
            self._gif = (key, with_gif_size(told, request))
        return self._gif[1]


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


def _stem(name: str) -> str:
    """Give a name without the suffix of a movie."""
    suffix = PurePosixPath(name).suffix
    return name[: -len(suffix)] if suffix[1:].lower() in ENDINGS else name


def _file_name(wanted: str, format_: str) -> str:
    name = _stem(wanted.strip())
    if not name.strip(". ") or "/" in name or os.sep in name or "\0" in name:
        raise InvalidValueError(
            f"the movie can't be called {wanted!r:.80}: a name has letters, and no / in it"
        )
    return f"{name}{FORMATS[format_].suffix}"


def _captions_file(text: str) -> Path:
    if not text.strip() or "://" in text:
        raise InvalidValueError(f"expected a file of captions on the kernel's machine, got {text!r:.80}")
    return read_path(text.strip(), "captions")


def _folder(text: str) -> Path:
    folder = text.strip()
    if not folder or "://" in folder:
        raise InvalidValueError(f"expected a folder on the kernel's machine, got {text!r:.80}")
    return read_path(folder, "folder")


def _replaces(names: list[str]) -> str:
    if len(names) < 2:
        return "replaces the file that is there" if names else ""
    return f"replaces files that are there: {', '.join(map(plain, names))}"


def _is_there(target: Path | str | None) -> bool:
    try:
        return isinstance(target, Path) and target.exists()
    except OSError:
        return False
