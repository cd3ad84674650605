"""Options of buckets, as text."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given

from bazaar_nb.errors import InvalidValueError
from bazaar_nb.store.lifecycle import lifecycle_rules
from bazaar_nb.store.options import StorageOptions, read_options
from tests.texts import refused_or_read, texts


@given(texts("https://host:9000", "path", "aws:kms", "eu-central-1", "3", "endpoint_url"))
@example("http://[::1")
@example("\ud800")
def test_any_text_is_an_option_or_an_error(text: str) -> None:
    for name in StorageOptions.__struct_fields__:
        refused_or_read(lambda: repr(read_options({name: text})))  # noqa: B023 - called at once
    refused_or_read(lambda: read_options({text: "x"}))
    refused_or_read(lambda: lifecycle_rules(text))


def test_what_is_no_text_is_said_without_it() -> None:
    for field in msgspec.structs.fields(StorageOptions):
        with pytest.raises(InvalidValueError) as caught:
            read_options({"attempts": "SECRET\ud800", field.name: "SECRET\ud800"})
        assert "SECRET" not in str(caught.value)
