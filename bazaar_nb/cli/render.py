"""``bazaar render``: a film to movies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from bazaar_nb.cli.options import (
    captions_file,
    json_option,
    make_workspace,
    pair,
    resolution,
    root_option,
    workspace_options,
)
from bazaar_nb.cli.options import (
    frame_range as read_frame_range,
)
from bazaar_nb.cli.output import print_json, say
from bazaar_nb.cli.signals import heeding_termination

if TYPE_CHECKING:
    from bazaar_nb.composition.composition import Composition
    from bazaar_nb.jobs.export_request import ExportOptions
    from bazaar_nb.render.result import Render
    from bazaar_nb.workspace import Workspace


@click.command("render", short_help="Render a film to a file, a bucket or the workspace.")
@click.argument("film", metavar="FILM")
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="PATH",
    help="Where the movie goes: a file, a folder that is there, or s3://bucket/films/review.mp4; "
    "frames/%04d.png makes a folder of pictures. Again for another format. Without it the movie goes into "
    "the workspace.",
)  # fmt: skip
@click.option(
    "-p", "--parameter", "parameters", type=pair, multiple=True, metavar="NAME=VALUE",
    help="What a parameter is to be; again with the same name for a list. A table is the path of a csv or "
    "parquet file.",
)  # fmt: skip
@click.option("--version", type=click.IntRange(min=1), help="Of a saved film (the newest).")
@click.option(
    "--format",
    "format_",
    metavar="NAME",
    help="mp4, webm, mov, gif, webp, apng, png, jpeg, m4a, mp3 or wav (what the path ends in, or mp4).",
)
@click.option("--codec", metavar="NAME", help="h264, h265 or av1 in mp4; vp9, vp8 or av1 in webm.")
@click.option("--quality", metavar="NAME", help="low, medium or high (medium).")
@click.option("--bitrate", metavar="RATE", help="Instead of a quality: low, medium, high, or bits a second.")
@click.option("--maxrate", metavar="RATE", help="Bits a second that the picture never exceeds, as 8M.")
@click.option("--bit-depth", type=int, metavar="N", help="10 for finer steps, in h265 and av1.")
@click.option("--crf", type=float, help="The encoder's own number, instead of a quality.")
@click.option("--preset", metavar="NAME", help="The encoder's own name of a preset.")
@click.option("--resolution", "size", metavar="SIZE", help="720p, 1080p, 4k, or 1280x720.")
@click.option("--fps", metavar="N", help="Frames a second: 30, 29.97 or 30000/1001.")
@click.option(
    "--frames",
    "frame_range",
    type=read_frame_range,
    metavar="FIRST:STOP",
    help="Only these of the film's frames.",
)
@click.option("--mute", is_flag=True, help="Leave the sound out.")
@click.option(
    "--captions", type=captions_file, metavar="FILE",
    help="A track of captions to turn on, of an srt, vtt or ass file, in mp4, mov and webm; deu=talk.srt "
    "says the language.",
)  # fmt: skip
@click.option("--burn", is_flag=True, help="Make the captions part of the picture, in any format.")
@click.option("--fetch", is_flag=True, help="Fetch what the addresses in a film in JSON have.")
@click.option("--loop", type=click.IntRange(min=0), help="How often an animated image plays (0: for ever).")
@click.option(
    "--metadata", type=pair, multiple=True, metavar="NAME=TEXT", help="What the file says: artist=Ada."
)
@click.option(
    "--detach", is_flag=True, help="Hand it to those who work for the root, and print the render's id."
)
@click.option("--estimate", is_flag=True, help="Say what it will take, and render nothing.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@workspace_options
@root_option
@json_option
def command(
    film: str,
    outputs: tuple[str, ...],
    parameters: tuple[tuple[str, str], ...],
    version: int | None,
    format_: str | None,
    codec: str | None,
    quality: str | None,
    bitrate: str | None,
    maxrate: str | None,
    bit_depth: int | None,
    crf: float | None,
    preset: str | None,
    size: str | None,
    fps: str | None,
    frame_range: tuple[int, int] | None,
    mute: bool,
    captions: tuple[str, str] | None,
    burn: bool,
    fetch: bool,
    loop: int | None,
    metadata: tuple[tuple[str, str], ...],
    detach: bool,
    estimate: bool,
    quiet: bool,
    as_json: bool,
    root: str | None,
    project: str | None,
    user: str | None,
    engine: str | None,
    workers: int | None,
) -> None:
    """Render FILM, and print where the movie is.

    \b
    FILM is one of
      review.ipynb          the film that a cell of the notebook shows last, or its only one
      review.ipynb:film     the one that a variable of it holds
      films.py:review       a variable of a file, or a function made by @bz.film
      films.weekly:review   the same of a module
      review.json           what `Composition.to_json` gave
      team/review           a film that `film.save` has kept in a project

    Code of notebooks, files and modules is run. What was rendered before, by anyone on the same root, is not
    rendered again. Progress is shown on standard error: as a bar in a terminal, else as a line now and then.
    """  # noqa: D301
    from bazaar_nb.cli.film_source import read_source

    source = read_source(film)
    where = make_workspace(root, project, user, engine, workers)
    options: ExportOptions = {
        "format": format_, "codec": codec, "quality": quality, "bitrate": _rate(bitrate), "crf": crf,
        "preset": _rate(preset), "resolution": resolution(size), "fps": fps, "frame_range": frame_range,
        "mute": mute, "loop": loop, "maxrate": _rate(maxrate), "bit_depth": bit_depth,
        "metadata": dict(metadata) or None,
    }  # fmt: skip
    try:
        with heeding_termination():
            made = source.load(_gathered(parameters), where, version).film
            made.fetches |= fetch
            if captions is not None:
                made = _with_captions(made, options, *captions, burn=burn)
            elif burn:
                raise click.UsageError("--burn is for --captions FILE")
            targets: list[str | None] = [_target(output, made.name) for output in outputs]
            targets = targets or [None]
            if estimate:
                _print_estimates(made, targets, options, where, as_json)
            elif detach:
                _print_ids(made, targets, options, where, as_json)
            else:
                _render(made, targets, options, where, quiet=quiet, as_json=as_json)
    finally:
        where.close()


def _render(
    film: Composition,
    targets: Sequence[str | None],
    options: ExportOptions,
    where: Workspace,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    if len(targets) > 1:  # they share what is drawn
        done = film.export(list(targets), progress=not quiet, workspace=where, **options)
    else:
        done = [film.export(targets[0], progress=not quiet, workspace=where, **options)]
    if as_json:
        print_json({"renders": [_facts(render) for render in done]})
        return
    for render in done:
        print(render.location, flush=True)


def _with_captions(
    film: Composition, options: ExportOptions, language: str, path: str, *, burn: bool
) -> Composition:
    """Give the film with captions burnt in, or have the options hold them as a track."""
    from bazaar_nb.words.captions.captions import Captions

    captions = Captions(path)
    if burn:
        return film.with_layers(captions)
    options["captions"] = {language: captions}
    return film


def _print_estimates(
    film: Composition, targets: Sequence[str | None], options: ExportOptions, where: Workspace, as_json: bool
) -> None:
    found = [film.estimate(target, workspace=where, **options) for target in targets]
    if not as_json:
        print("\n\n".join(map(str, found)))
        return
    names = ("time_s", "cost", "memory_bytes", "size_bytes")
    print_json({"estimates": [{name: getattr(one, name) for name in names} for one in found]})


def _print_ids(
    film: Composition, targets: Sequence[str | None], options: ExportOptions, where: Workspace, as_json: bool
) -> None:
    renders = [film.submit(target, workspace=where, detach=True, **options) for target in targets]
    if as_json:
        print_json({"renders": [{"id": one.id} for one in renders]})
        return
    for one in renders:
        print(one.id)
    say("handed over: bz.attach(id) shows how far a render is, `bazaar history` how it ended")


def _facts(render: Render) -> dict[str, Any]:
    settings = render.settings
    return {
        "id": render.id, "location": render.location, "format": settings.format, "codec": settings.codec,
        "width": settings.width, "height": settings.height, "fps": float(settings.fps),
        "frames": render.frames,
        "duration_s": float(render.duration), "size_bytes": render.size_bytes, "render_s": render.render_s,
        "segments": render.segments, "segments_cached": render.segments_cached,
    }  # fmt: skip


def _target(output: str, name: str) -> str:
    """Give a path as the library takes it: on the command line a bare name is a file in this folder."""
    if "://" in output:
        return f"{output}{name.replace('/', '-')}" if output.endswith("/") else output
    if os.path.isdir(output) or output.endswith(("/", os.sep)):  # noqa: PTH112 - Path drops the slash
        os.makedirs(output, exist_ok=True)  # noqa: PTH103
        return os.path.join(output, name.replace("/", "-"))  # noqa: PTH118
    return output if os.path.dirname(output) else os.path.join(os.curdir, output)  # noqa: PTH118, PTH120


def _gathered(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _rate(text: str | None) -> str | int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else text
