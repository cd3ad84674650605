"""``bazaar doctor --report``: what a bug report needs, and nothing that is a secret or a name."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

import bazaar_nb
from bazaar_nb.cli import main

SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "FwoGZXIvYXdzEXAMPLETOKEN",
    "BAZAAR_WEBHOOK_SECRET": "whsec-5f3a9b",
    "GITHUB_TOKEN": "ghp_0123456789abcdef",
    "DB_PASSWORD": "hunter2hunter2",
}


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home" / "ada.lovelace"
    home.mkdir(parents=True)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LOGNAME", "ada.lovelace")
    monkeypatch.setenv(
        "AWS_ENDPOINT_URL", "https://ada:s3cr3tpass@minio.example.com:9000/?sig=abcdef123#frag"
    )
    # A key has got into the name of a folder, too.
    monkeypatch.setenv("BAZAAR_ROOT", str(home / "films" / SECRETS["BAZAAR_WEBHOOK_SECRET"]))
    monkeypatch.setenv("BAZAAR_USER", "ada@example.com")
    monkeypatch.setenv("UNRELATED", "not to be told")
    return home


def test_it_tells_all_but_secrets(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert getpass.getuser() == "ada.lovelace"
    assert main(["doctor", "--report"]) == 0
    text = capsys.readouterr().out
    found = {
        "s3cr3tpass",
        "sig=abcdef123",
        "frag",
        "ada.lovelace",
        "ada@example.com",
        "not to be told",
        str(told),
    }
    assert [one for one in (*SECRETS.values(), *found) if one in text] == []
    assert f"bazaar_nb {bazaar_nb.__version__}" in text
    assert "AWS_ENDPOINT_URL=https://***@minio.example.com:9000/?***" in text
    assert "BAZAAR_ROOT=~/films/***" in text
    assert "BAZAAR_WEBHOOK_SECRET=(set)" in text
    assert "BAZAAR_USER=(set)" in text
    for library in ("skia-python", "av", "numpy", "jupyterlab", "distributed"):
        assert f"\n{library} " in text
    assert "ok       skia " in text
    assert text.count("```") == 8  # it is pasted into an issue
    assert list(told.iterdir()) == []


def test_as_json_and_of_a_bad_root(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (told / "file").write_text("in the way")
    assert main(["doctor", "--report", "--json", "--root", str(told / "file")]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["settings"]["root"] == "~/file"
    (store,) = [check for check in found["checks"] if check["name"] == "store"]
    assert store["state"] == "problem"
    assert str(told) not in json.dumps(found)
    # What holds a key as a root is refused without repeating it.
    assert main(["doctor", "--report", "--root", "s3://AKIDKEY:s3cr3t@bucket/team"]) == 1
    text = capsys.readouterr().out
    assert "s3cr3t" not in text
    assert "AKIDKEY" not in text
