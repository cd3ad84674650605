"""The command line and its doctor: an answer, a fix and an exit code for every machine."""

from __future__ import annotations

import datetime as dt
import importlib
import io
import json
import os
import platform
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, example, given, settings

import bazaar_nb
from bazaar_nb import doctor
from bazaar_nb.cli import main
from bazaar_nb.cli import program as commands
from bazaar_nb.doctor import ENCODERS, Check, report, run_checks
from bazaar_nb.draw import libraries
from bazaar_nb.history import compaction
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.writer import record
from bazaar_nb.media.libraries import missing_encoders
from bazaar_nb.store.store import Store
from tests.texts import texts

BARE_MACHINE = """
    import importlib.abc, sys

    class Bare(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path, target=None):
            if name == "skia":
                raise ImportError("{message}")

    sys.meta_path.insert(0, Bare())
"""


def run_bare(message: str, code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code where importing skia fails with this message."""
    script = textwrap.dedent(BARE_MACHINE.replace("{message}", message)) + textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", script], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_the_module_is_a_program(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bazaar_nb", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("--version").stdout == f"bazaar_nb {bazaar_nb.__version__}\n"
    assert "doctor" in run("--help").stdout
    assert run().returncode == run("history", "-n", "0").returncode == 2
    checked = run("doctor")
    assert checked.returncode == 0, checked.stdout
    lines = checked.stdout.splitlines()
    assert [line.split()[1] for line in lines] == [
        "python", "bazaar_nb", "skia", "opencv", "pyav", "encoders", "font", "letters", "engine", "store",
    ]  # fmt: skip
    assert all(re.match(r"(ok     |note   )  [a-z_]+ +\S", line) for line in lines)
    assert {re.match(r"\S+ +\S+ +", line).end() for line in lines} == {20}  # type: ignore[union-attr]
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_libegl_gets_the_command(tmp_path: Path) -> None:
    message = "libEGL.so.1: cannot open shared object file: No such file or directory"
    done = run_bare(message, "from bazaar_nb.cli import main; sys.exit(main(['doctor']))", tmp_path)
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if line.split()[1] == "skia")
    assert line.startswith("problem  skia")
    assert "libEGL.so.1, which isn't here" in line
    assert libraries.library_fix() in line

    code = """
        from bazaar_nb.draw.libraries import require_skia
        from bazaar_nb.errors import BazaarError
        try:
            require_skia()
        except ImportError as error:
            print(isinstance(error, BazaarError), error)
    """
    assert run_bare(message, code, tmp_path).stdout.startswith(
        "True skia needs the system library libEGL.so.1"
    )
    other = run_bare("libfoo.so.2: cannot open shared object file", code, tmp_path).stdout
    assert "libfoo.so.2" in other
    assert "libegl" not in other
    assert "pip install --force-reinstall skia-python" in run_bare("no module", code, tmp_path).stdout


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ({"ID": "debian"}, "apt-get install -y libegl1 libgl1"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt-get install -y libegl1 libgl1"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install -y libglvnd-egl libglvnd-glx"),
        ({"ID": "arch"}, "pacman -S --noconfirm libglvnd"),
        ({"ID": "plan9"}, "install the packages of your system that have libEGL.so.1"),
    ],
)
def test_each_system_has_its_own_command(
    release: dict[str, str], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    for user, sudo in ((0, False), (1000, "install the" not in command)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        assert command in libraries.library_fix()
        assert ("sudo " in libraries.library_fix()) == ("sudo " in libraries.font_fix()) == sudo
    assert "noto" in libraries.font_fix().lower()


def test_unknown_encoders_are_found_out() -> None:
    assert missing_encoders([*ENCODERS, "libnothing"]) == ["libnothing"]


def test_scripts_without_a_font_are_a_note_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SCRIPTS", {"Latin": "A", "private": "\U0010fffd", "emoji": "\U0010fffd"})
    letters = next(check for check in run_checks() if check.name == "letters")
    assert letters == Check("letters", "note", "no font here has private, emoji", libraries.font_fix())


def test_a_store_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("in the way")
    checks = {check.name: check for check in run_checks(str(tmp_path / "root"))}
    assert checks["store"].state == "problem"
    assert "choose another root" in checks["store"].detail
    out = io.StringIO()
    assert report(str(tmp_path / "root"), out) == 1
    assert "\033" not in out.getvalue()


def test_colours_are_for_terminals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(doctor, "run_checks", lambda root: iter([Check("python", "ok", "3")]))
    monkeypatch.delenv("NO_COLOR", raising=False)
    report(out=(coloured := Terminal()))
    assert coloured.getvalue() == "\033[32mok     \033[0m  python     3\n"
    monkeypatch.setenv("NO_COLOR", "")
    report(out=(plain := Terminal()))
    assert plain.getvalue() == "ok       python     3\n"


def test_the_history_is_a_small_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("no renders in ")
    created = dt.datetime(2026, 11, 22, 15, 30, tzinfo=dt.UTC)
    first = RenderEvent(
        render_id="r1", status="succeeded", created=created, composition="review", format="mp4", width=1920,
        height=1080, frames=300, render_s=4.24, size_bytes=5_120_000, location="/films/review.mp4",
    )  # fmt: skip
    later = created + dt.timedelta(minutes=5)
    evil = RenderEvent(
        render_id="r2",
        status="failed",
        created=later,
        composition="\033[2Jgone",
        error_message="no font\nat all",
    )
    for event in (evil, first):
        record(Store(tmp_path), event)
    assert main(["history", "--root", str(tmp_path)]) == 0
    header, one, two = capsys.readouterr().out.splitlines()
    assert header.split()[:4] == ["created", "(UTC)", "status", "composition"]
    assert one.split() == [
        "2026-11-22", "15:30", "succeeded", "review", "mp4", "1920x1080", "300", "4.2", "5.1",
        "/films/review.mp4",
    ]  # fmt: skip
    assert two.split() == ["2026-11-22", "15:35", "failed", "?[2Jgone", "no", "font"]
    assert one.index("/films") == two.index("no font") == header.index("result")
    assert main(["history", "--root", str(tmp_path), "-n", "1"]) == 0
    assert "review" not in capsys.readouterr().out


def test_looking_after_the_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "GRACE_S", 0.0)
    root, now = str(tmp_path / "root"), dt.datetime.now(dt.UTC)
    for number, age in enumerate((0, 0, 40, 40)):
        time = now - dt.timedelta(days=age)
        record(
            Store(root), RenderEvent(render_id=f"r{number}", status="failed", event_time=time, created=time)
        )
    assert main(["history", "--root", root, "--compact"]) == 0
    assert capsys.readouterr().out == f"merged 4 events of 2 days, removed 4 small files, in {root}\n"
    for place in "ab":
        record(Store(root), RenderEvent(render_id=place, status="failed", event_time=now, created=now))
    monkeypatch.setattr(compaction, "GRACE_S", 60.0)
    assert main(["history", "--root", root, "--compact"]) == 0
    told = f"merged 4 events of 1 days, removed 0 small files, left 3 for the next time, in {root}\n"
    assert capsys.readouterr().out == told
    monkeypatch.setattr(compaction, "GRACE_S", 1.0)
    assert main(["history", "--root", root, "--compact", "--wait"]) == 0
    assert capsys.readouterr().out == f"merged 0 events of 0 days, removed 3 small files, in {root}\n"
    assert main(["history", "--root", root, "--wait"]) == 1
    assert "`--wait` goes with `--compact`" in capsys.readouterr().err
    assert main(["history", "--root", root, "--export", str(tmp_path / "all.parquet")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'all.parquet'}\n"
    assert main(["history", "--root", root, "--remove-older-than", "30d"]) == 0
    assert re.match(r"removed 1 days before \d{4}-\d\d-\d\d \(1 files, 0\.\d MB\)", capsys.readouterr().out)
    assert main(["history", "--root", root, "--remove-older-than", "old"]) == 1
    assert "`older_than` must be" in capsys.readouterr().err


def test_a_command_that_is_misspelt_and_none_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rendr", "film.py"]) == 2
    assert "Did you mean 'render'?" in capsys.readouterr().err
    assert main(["store"]) == 2
    assert "--lifecycle and --clean" in capsys.readouterr().err
    assert main(["history", "--compact", "--prometheus"]) == 2


def test_the_docs_name_what_is_there() -> None:
    text = (Path(bazaar_nb.__file__).parents[1] / "docs" / "command_line.md").read_text()
    assert set(re.findall(r"`bazaar ([a-z]+)", text)) == set(commands.COMMANDS)
    parts = [importlib.import_module(f"bazaar_nb.cli.{name}").command for name in commands.COMMANDS]
    parts += importlib.import_module("bazaar_nb.cli.films").command.commands.values()
    known = {"--help"} | {name for part in parts for one in part.params for name in one.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= known


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_BAZAAR_COMPLETE" in script
    words, word = "bazaar hist", "hist" if shell == "fish" else "1"
    env = os.environ | {
        "_BAZAAR_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": word,
    }  # fmt: skip
    command = Path(sys.executable).with_name("bazaar")
    done = subprocess.run([command], env=env, capture_output=True, text=True, check=False)
    assert "history" in done.stdout, done.stderr


def test_machines_get_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, created = str(tmp_path), dt.datetime(2026, 11, 22, 15, 30, tzinfo=dt.UTC)
    ends: tuple[Literal["succeeded", "failed"], ...] = ("succeeded", "failed")
    for number, status in enumerate(ends):
        record(
            Store(tmp_path),
            RenderEvent(
                render_id=f"r{number}", status=status, created=created, event_time=created, composition="ü"
            ),
        )

    def told(*arguments: str) -> Any:
        assert main([*arguments, "--root", root, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    rows = told("history", "--status", "failed")["renders"]
    assert [(row["render_id"], row["created"], row["size_bytes"]) for row in rows] == [
        ("r1", "2026-11-22T15:30:00+00:00", None)
    ]
    assert told("history", "--until", "2026-01-01")["renders"] == []
    assert {check["state"] for check in told("doctor")["checks"]} <= {"ok", "note"}
    assert told("store", "--clean", "30d") == {"root": root, "files": 0, "size_bytes": 0}
    assert told("history", "--compact")["events"] == 2
    assert main(["simulate", "--workers", "1,10", "--json"]) == 0
    assert [step["workers"] for step in json.loads(capsys.readouterr().out)["steps"]] == [1, 10]
    assert main(["history", "--since", "whenever", "--root", root, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["type"] == "InvalidValueError"


def test_errors_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--root", "gs://bucket/team"]) == 1
    assert capsys.readouterr().err.startswith("bazaar: a store in gs:// is not supported")


def test_the_lifecycle_rules_of_a_bucket(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "--lifecycle", "--root", "s3://films/team", "--days", "60"]) == 0
    rules = json.loads(capsys.readouterr().out)["Rules"]
    days = {rule["Filter"]["Prefix"]: rule.get("Expiration", {}).get("Days") for rule in rules}
    assert days == {"team/segments/": 60, "team/assets/": 60, "team/scratch/": 8, "team/": None}
    assert len({rule["ID"] for rule in rules}) == 4
    assert main(["store", "--lifecycle", "--root", "films"]) == 1
    assert (
        capsys.readouterr().err
        == "bazaar: lifecycle rules are for a root like s3://bucket/team, got 'films'\n"
    )


def test_cleaning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path)
    store.write_bytes("segments/ab/abcdef01.mp4", bytes(1_500_000))
    os.utime(store.location("segments/ab/abcdef01.mp4"), (0, 0))
    assert main(["store", "--clean", "30d", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"removed 1 files, 1.5 MB, from {tmp_path}\n"
    assert list(store.list()) == []


COMMANDS = (
    ("history", "-n"), ("history", "--export"), ("history", "--remove-older-than"), ("history", "--root"),
    ("policy", "--bucket"), ("policy", "--bucket", "films", "--prefix"),
    ("policy", "--bucket", "films", "--project"),
    ("store", "--clean"), ("store", "--lifecycle", "--days"), ("store", "--lifecycle", "--root"), (),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(texts("10", "30d", "films", "s3://films/team", "renders.parquet", "history"))
@example("\udcff")
def test_any_text_is_an_argument_or_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "here").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("BAZAAR_ROOT", str(tmp_path / "root"))
    for command in COMMANDS:
        if Path(text).is_absolute() or (text.startswith("s3:") and command[:2] == ("history", "--root")):
            continue  # nothing outside, and no network
        try:
            ended: Any = main([*command, text])
        except SystemExit as end:
            ended = end.code
        assert ended in (0, 1, 2)
    capsys.readouterr()


def test_a_folder_whose_name_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    root = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    command = [sys.executable, "-m", "bazaar_nb", "history", "--root", root]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"no renders in" in done.stdout
