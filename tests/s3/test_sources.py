"""Pictures and sounds from a bucket: fetched with the workspace's options, and kept in its root."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bazaar_nb as bz
from bazaar_nb.errors import AssetError, ElementError
from bazaar_nb.sources.fetching import forget_fetched
from bazaar_nb.sources.filesystems import use_bucket_options
from bazaar_nb.sources.finding import Finder
from bazaar_nb.store.key_layout import ADDRESSES, ASSETS
from bazaar_nb.store.options import read_options
from bazaar_nb.store.store import Store
from tests.media.sound_files import write_wav
from tests.render.test_sources import film_of, middle, tone
from tests.s3.server import Server
from tests.sources.test_fetching import png


@pytest.fixture(autouse=True)
def other_options() -> Iterator[None]:
    forget_fetched()
    yield
    use_bucket_options(read_options(None))
    forget_fetched()


def test_a_film_of_what_is_in_a_bucket(
    server: Server, bucket: str, store: Store, options: dict[str, Any], tmp_path: Path
) -> None:
    write_wav(tmp_path / "tone.wav", tone())
    client = server.client()
    client.put_object(Bucket=bucket, Key="in/a b.png", Body=png("blue"))
    client.put_object(Bucket=bucket, Key="in/tone.wav", Body=(tmp_path / "tone.wav").read_bytes())
    where = bz.Workspace(store.url, storage_options=options, engine="inline", user="ann")
    image: Any = bz.Image
    film = film_of(
        lambda: image(f"s3://{bucket}/in/a b.png", width="100%", height="100%"),
        sound=[bz.Sound(f"s3://{bucket}/in/tone.wav")],
    )
    render = film.export("film.mp4", workspace=where, progress=False)
    assert len(list(store.list(ADDRESSES))) == 2
    use_bucket_options(where.store.storage_options)
    assert middle(film.still(0)) == (0, 0, 255)

    # The objects are gone, and this machine has forgotten: the root has them.
    for key in ("in/a b.png", "in/tone.wav"):
        client.delete_object(Bucket=bucket, Key=key)
    forget_fetched()
    (tmp_path / "cache" / "sources").rename(tmp_path / "elsewhere")
    assert film.preload(workspace=where, progress=False).files == 2
    again = film.export("again.mp4", workspace=where, progress=False)
    assert again.segments_cached == again.segments
    assert again.path.read_bytes() == render.path.read_bytes()
    assert all(key.startswith((ASSETS, "segments/", "projects/", "history/")) for key in store.list())


def test_what_is_not_there_or_not_ours_is_told(
    server: Server, bucket: str, options: dict[str, Any], tmp_path: Path
) -> None:
    server.client().put_object(Bucket=bucket, Key="a.png", Body=png())
    use_bucket_options(read_options(options))
    with pytest.raises(AssetError, match=rf"s3://{bucket}/b\.png is not there"):
        Finder()(f"s3://{bucket}/b.png")
    key, secret = server.stranger
    use_bucket_options(read_options({**options, "key": key, "secret": secret}))
    image: Any = bz.Image
    with pytest.raises(ElementError, match=rf"s3://{bucket}/a\.png may not be read") as caught:
        film_of(lambda: image(f"s3://{bucket}/a.png")).still(0)
    assert secret not in str(caught.value)
