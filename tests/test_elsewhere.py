"""What isn't Linux, as far as Linux can show it: all imports and renders without fcntl, resource, fork."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import bazaar_nb
from bazaar_nb.cli.program import COMMANDS

ROOT = Path(bazaar_nb.__file__).parents[1]
MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages([str(ROOT / "bazaar_nb")], "bazaar_nb.")
    if not found.name.endswith("__main__")
)
# What Windows doesn't have. The standard library of this machine uses some of it, and may go on to: what is
# asked for from this package's files is refused.
ELSEWHERE = """
    import builtins, os, signal, socket, sys

    GONE = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix"}
    PACKAGE = %r
    _import = builtins.__import__

    def refusing(name, globals=None, locals=None, fromlist=(), level=0):
        if level == 0 and name.partition(".")[0] in GONE:
            file = str((globals or {}).get("__file__", ""))
            if file.startswith(PACKAGE):
                raise ImportError(f"there is no {name} here")
        return _import(name, globals, locals, fromlist, level)

    builtins.__import__ = refusing
    asked = []
    for name in ("fork", "forkpty", "getuid", "geteuid", "getgid", "getpgid", "setsid", "killpg", "wait3",
                 "wait4", "register_at_fork", "sched_getaffinity", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        # The standard library has imported what it needs of these by now; subprocess forks in C.
        if hasattr(os, name) and name not in ("O_CLOEXEC", "O_NONBLOCK"):
            delattr(os, name)
    for name in ("SIGKILL", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGHUP", "setitimer"):
        if hasattr(signal, name):
            delattr(signal, name)
""" % str(ROOT / "bazaar_nb")  # noqa: UP031 - the code has braces


def run(code: str, cwd: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "USERNAME": "ada", "LOGNAME": "ada"},
    )  # fmt: skip


def test_all_of_it_imports_without_posix(tmp_path: Path) -> None:
    code = f"""
        import importlib
        for name in {[*MODULES, *(f"bazaar_nb.cli.{name}" for name in COMMANDS)]!r}:
            importlib.import_module(name)
        import bazaar_nb as bz
        print(all(getattr(bz, name) is not None for name in bz.__all__), "fork" in dir(os))
    """
    # What the package needs is imported before: other libraries have ways of their own on Windows.
    before = "import IPython, anyio, asyncio, subprocess, tempfile, distributed, lithops, loky, psutil\n"
    done = run(before + textwrap.dedent(ELSEWHERE) + textwrap.dedent(code), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "True False"


def test_a_film_renders_without_posix(tmp_path: Path) -> None:
    code = """
        import bazaar_nb as bz

        @bz.scene(duration=1)
        def shown(frame):
            return [bz.Fill("navy"), bz.Text("Hello", size=20, x=f"{100 * frame.progress}%")]

        film = bz.Composition([shown()], width=128, height=72, fps=10)
        where = bz.Workspace("root", engine="inline")
        print(film.export("./film.mp4", workspace=where, progress=False).frames)
        print(film.export("./film.gif", workspace=where, progress=False).frames)
        print(list(where.history()["status"]), where.store.clean("1d").files)
        film.save("kept", workspace=where, progress=False)
        print(bz.open_film("kept", workspace=where).frame(3) == film.frame(3))
        bz.analysis.summary(where.history())
        print(bz.Player(film).frame)
    """
    before = "import multiprocessing, subprocess, tempfile, asyncio, loky, psutil\n"
    done = run(before + textwrap.dedent(ELSEWHERE) + textwrap.dedent(code), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == ["10", "10", "['succeeded', 'succeeded'] 0", "True", "0"]
    assert (tmp_path / "film.mp4").is_file()


def test_importing_warns_of_nothing(tmp_path: Path) -> None:
    code = """
        import bazaar_nb as bz
        for name in bz.__all__:
            value = getattr(bz, name)
            for part in getattr(value, "__all__", ()):
                getattr(value, part)
        import bazaar_nb.cli.program as program
        for name in program.COMMANDS:
            program.program.get_command(None, name)
    """
    assert run("import bazaar_nb", tmp_path, "-W", "error").stderr == ""
    done = run(textwrap.dedent(code), tmp_path, "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import bazaar_nb", "click aiohttp comm IPython ipywidgets"),
        ("import bazaar_nb.cli.program", "aiohttp comm IPython ipywidgets numpy msgspec bazaar_nb.workspace"),
        ("from bazaar_nb import Composition, Workspace", "jupyterlab typst s3fs botocore IPython"),
        ("import bazaar_nb.cli.render, bazaar_nb.cli.preview", "pandas matplotlib aiohttp"),
    ],
)  # fmt: skip
def test_what_is_heavy_is_imported_where_it_is_used(code: str, heavy: str, tmp_path: Path) -> None:
    names = {*heavy.split(), "distributed", "dask", "lithops", "matplotlib", "pandas", "pyarrow"}
    done = run(f"{code}; import sys; print(*sorted({names!r} & set(sys.modules)))", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
