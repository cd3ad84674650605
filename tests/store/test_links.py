"""Periods, names and addresses, as text; what links open is tested with a server, in `tests/s3`."""

from __future__ import annotations

from hypothesis import example, given

from bazaar_nb.store.links import Link, check_expiry, content_disposition, content_type, read_period
from tests.texts import refused_or_read, texts


@given(texts("90s", "15m", "1.5h", "7d"))
@example("9" * 400 + "d")
@example("1e5d")
def test_any_text_is_a_period_or_an_error(text: str) -> None:
    refused_or_read(lambda: read_period(text, "older_than"))
    refused_or_read(lambda: check_expiry(text))


@given(texts("film.mp4", "Übersicht.webm", "a/b"))
def test_any_text_can_be_the_name_of_a_download(text: str) -> None:
    header = content_disposition(text, attachment=True)
    assert header.isascii()
    assert header.isprintable()
    assert content_type(text)


@given(texts("https://host:9000/a/b?X-Amz-Signature=12#c", "s3://bucket/a", "http://[::1]:80/"))
@example("http://[::1/?X-Amz-Signature=12")
def test_any_text_can_be_shown_as_a_link(text: str) -> None:
    assert repr(Link(text))
