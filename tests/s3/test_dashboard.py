"""The dashboard on a bucket: movies are fetched through links, which are made on a click and kept nowhere."""

from __future__ import annotations

import urllib.request
from typing import Any

import bazaar_nb as bz
from tests.render.films import counting_film
from tests.widgets.screen import Screen


def test_movies_of_a_bucket_have_links(bucket: str, options: dict[str, Any]) -> None:
    where = bz.Workspace(f"s3://{bucket}/team", storage_options=options, engine="inline", user="ann")
    render = counting_film(20).export("shared.mp4", workspace=where, progress=False)
    dashboard = bz.HistoryDashboard(where)
    try:
        screen = Screen(dashboard)
        (line,) = screen.ask("open").content["selection"]["rows"]
        movie = screen.ask("details", job=line["id"]).content["movie"]
        assert (movie["shared"], movie["sent"], movie["bytes"]) == (True, False, render.size_bytes)
        assert screen.ask("file", job=line["id"], offset=0).kind == "error"
        assert "Signature" not in str([message.content for message in screen.messages])
        link = screen.ask("link", job=line["id"], use="play").content["url"]
        with urllib.request.urlopen(link) as answer:
            assert answer.read() == render.path.read_bytes()
        kept = str(dashboard.get_state()) + str(dashboard._saved_bundle()) + repr(dashboard)
        assert "Signature" not in kept
        assert options["secret"] not in kept
        where.store.remove_all([render.key])
        assert "deleted" in screen.ask("details", job=line["id"]).content["absent"]
        assert screen.ask("link", job=line["id"], use="play").kind == "error"
    finally:
        dashboard.close()
