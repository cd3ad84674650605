"""What Prometheus would read, by its own client's parser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bazaar_nb import analysis
from bazaar_nb.analysis.prometheus import BUCKETS_S
from bazaar_nb.cli import main
from bazaar_nb.errors import InvalidValueError
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.writer import record
from bazaar_nb.store.store import Store
from tests.analysis.samples import history, render

AWKWARD = 'back\\slash "quotes"\nnew line, a comma, {braces} ü'


def families(text: str) -> dict[str, Any]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(family: Any, suffix: str = "") -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for sample in family.samples
        if sample.name == family.name + suffix
    }


def test_its_parser_reads_what_is_written() -> None:
    renders = history(
        render(0, render_s=0.5, frames=100, frames_cached=40, size_bytes=10**15 + 1, project=AWKWARD),
        render(1, render_s=2.0, frames=100, frames_cached=0, size_bytes=1),
        render(2, render_s=7200.0, format="gif", frames=10, frames_cached=None),
        render(3, status="failed"),
        render(4, status="lost", project=None),
        render(5, status="started"),
        render(6, status="queued"),
    )
    text = analysis.prometheus(renders)
    assert text.endswith("\n")
    found = families(text)
    assert {name: family.type for name, family in found.items()} == {
        "bazaar_renders": "counter",
        "bazaar_render_seconds": "histogram",
        "bazaar_running_renders": "gauge",
        "bazaar_rendered_frames": "gauge",
        "bazaar_cached_frames": "gauge",
        "bazaar_movie_bytes": "gauge",
    }
    assert all(family.documentation.endswith(".") for family in found.values())
    assert values(found["bazaar_renders"], "_total") == {
        ("succeeded", "mp4", AWKWARD): 1,
        ("succeeded", "mp4", "sales"): 1,
        ("succeeded", "gif", "sales"): 1,
        ("failed", "mp4", "sales"): 1,
        ("lost", "mp4", "unknown"): 1,
    }
    seconds = found["bazaar_render_seconds"]
    mp4 = [s for s in seconds.samples if s.labels["format"] == "mp4"]
    assert [s.value for s in mp4 if s.name.endswith("_bucket")] == [1] + [2] * len(BUCKETS_S)
    assert mp4[len(BUCKETS_S)].labels["le"] == "+Inf"
    assert values(seconds, "_sum") == {("mp4",): 2.5, ("gif",): 7200}
    assert values(seconds, "_count") == {("mp4",): 2, ("gif",): 1}
    assert values(seconds, "_bucket")["gif", "3600"] == 0
    assert values(found["bazaar_running_renders"]) == {("queued",): 1, ("started",): 1}
    assert found["bazaar_rendered_frames"].samples[0].value == 170
    assert found["bazaar_cached_frames"].samples[0].value == 40
    assert "bazaar_movie_bytes 1000000002000002\n" in text  # not 1e+15


def test_of_nothing_there_is_still_every_metric() -> None:
    found = families(analysis.prometheus(history()))
    assert len(found) == 6
    assert found["bazaar_movie_bytes"].samples[0].value == 0


def test_own_buckets() -> None:
    text = analysis.prometheus(history(render(0, render_s=0.4)), buckets=(0.25, 0.5))
    assert 'le="0.25"} 0' in text
    assert 'le="0.5"} 1' in text
    for wrong in ((), (2, 1), (1, 1), (1, float("inf")), "12", (True,), 5):
        with pytest.raises(InvalidValueError, match="`buckets` must be seconds that rise"):
            analysis.prometheus(history(), buckets=wrong)  # type: ignore[arg-type]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(Store(tmp_path), RenderEvent(render_id="r1", status="failed", format="gif", project="sales"))
    assert main(["history", "--prometheus", "--root", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert values(families(said)["bazaar_renders"], "_total") == {("failed", "gif", "sales"): 1}
    assert said.endswith("\n")
    assert not said.endswith("\n\n")
