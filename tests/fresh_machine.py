"""Tries the newest commit on a bare Debian: ``make demo`` and ``make test`` where nothing else is installed.

``make fresh`` runs this as root. debootstrap puts Debian 12 into a folder of its own, with nothing but git,
make and Python (its own, 3.11.2); the commit is cloned into it; what the tests want besides, they have to see
to. Minutes and megabytes are told in the end. A newer suite has a newer Python. How this machine reaches
packages is taken along: apt's mirrors, pip's and npm's settings, proxies, certificates.

Everything in the folder runs in mount and process namespaces of its own: when a step ends, however it ends,
its processes and its mounts are gone, and removing the folder can't reach what was mounted in it.

    python3 tests/fresh_machine.py [--keep] [--suite trixie] [step …]    steps are what make is given: `demo`
    python3 tests/fresh_machine.py --again FOLDER [step …]               in a kept folder: the newest commit
    python3 tests/fresh_machine.py --enter FOLDER                        a shell in a kept folder
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
SUITE = "bookworm"
"""Debian 12: its Python is the oldest 3.11 that people have."""
PACKAGES = ("git", "make", "python3", "python3-venv")
CLONE = "/root/clone"
BUNDLE = "/root/commit.bundle"
FREE_BYTES = 8 * 2**30

SETTINGS = re.compile(
    r"(?:https?|ftp|all|no)_proxy|pip_\w+|npm_config_\w+|(?:\w+_)?ca_bundle|ssl_cert_\w+|node_extra_ca_certs",
    re.IGNORECASE,
)
"""Variables that say how packages are reached."""
ACQUIRE = re.compile(r"Acquire::(?:https?::|Check-|Retries|ForceIPv)")
"""The same among apt's settings."""
PATHS = re.compile(r"(?<![^\s\"'=,])(?:file://)?(/[^\s\"',;]+)")
"""Files and folders that settings name."""

# Process 1 of a namespace has to take care of orphans, as a shell does that waits; so no `exec` here.
MOUNT = """
set -eu
root=$1
shift
mount -t proc proc "$root/proc"
mount --bind /sys "$root/sys"
mount -o remount,bind,ro "$root/sys"
mkdir -p "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    mount -o remount,bind,ro "$root$1"
    shift
done
shift
code=0
chroot "$root" "$@" || code=$?
exit $code
"""


class StepError(Exception):
    """A step failed; the message says which."""


def main() -> None:
    """Try the commit, and say how long each step took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "steps", nargs="*", default=["demo", "test"], help="what make is given, one after another"
    )
    parser.add_argument("--keep", action="store_true", help="keep the folder, to look into it")
    parser.add_argument("--suite", default=SUITE, help="another of Debian's, as trixie or sid")
    parser.add_argument(
        "--again", type=Path, metavar="FOLDER", help="try the newest commit in a folder that was kept"
    )
    parser.add_argument(
        "--enter", type=Path, metavar="FOLDER", help="only open a shell in a folder that was kept"
    )
    options = parser.parse_args()
    if problem := what_is_missing():
        sys.exit(problem)
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, _end)
    if options.enter:
        sys.exit(inside(options.enter, "bash", "-c", f"cd {CLONE} && exec bash"))
    took: list[str] = []
    problem = ""
    try:
        if options.again:
            try_again(options.again.resolve(), options.steps, took)
        else:
            with machine(keep=options.keep) as folder:
                try_commit(folder, options.steps, took, options.suite)
    except (StepError, subprocess.CalledProcessError) as error:
        problem = str(error)
    print("\n".join(["", *took]))
    sys.exit(problem or 0)


def try_commit(folder: Path, steps: list[str], took: list[str], suite: str) -> None:
    """Make a machine with the commit, and let it make some steps; note how long each took."""
    with timed(took, "debootstrap", folder):
        bootstrap(folder, suite)
        take_settings(folder)
    with timed(took, "clone", folder):
        clone(folder)
    make_all(folder, steps, took)


def try_again(folder: Path, steps: list[str], took: list[str]) -> None:
    """Bring the newest commit to a machine that was kept, and let it make some steps."""
    if not (folder / CLONE.lstrip("/") / ".git").is_dir():
        raise StepError(f"{folder} has no clone: make such a folder with --keep")
    with timed(took, "pull", folder):
        take_settings(folder)
        pull(folder)
    make_all(folder, steps, took)


def make_all(folder: Path, steps: list[str], took: list[str]) -> None:
    """Let the machine make steps, one after the other."""
    for step in steps:
        with timed(took, f"make {step}", folder):
            make(folder, step)


def what_is_missing() -> str:
    """Say what keeps this machine from trying, and the command that gets it; nothing if nothing does."""
    if not sys.platform.startswith("linux"):
        return f"make fresh makes a bare Debian in a folder: that wants Linux, this is {sys.platform}"
    root = os.geteuid() == 0
    if not shutil.which("debootstrap"):
        sudo = "" if root else "sudo "
        by = {
            "apt-get": f"{sudo}apt-get update && {sudo}apt-get install -y debootstrap",
            "dnf": f"{sudo}dnf install -y debootstrap",
        }
        command = next((command for name, command in by.items() if shutil.which(name)), "")
        how = f"Run this, then try again:\n    {command} && {sudo}make fresh" if command else "Install it."
        return f"make fresh makes a bare Debian with debootstrap, as root; debootstrap is missing. {how}"
    if not root:
        return "make fresh makes a bare Debian with debootstrap, as root. Run this:\n    sudo make fresh"
    if subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False
    ).returncode:
        return (
            "make fresh mounts /proc in its folder, which root may not do here: try outside of the container"
        )
    return ""


@contextmanager
def machine(*, keep: bool) -> Iterator[Path]:
    """Give an empty folder for a machine; remove it in the end, unless it is to be kept."""
    place = Path(os.environ.get("TMPDIR", "/var/tmp"))
    if (free := shutil.disk_usage(place).free) < FREE_BYTES:
        sys.exit(
            f"make fresh wants 8 GB, {place} has {free / 2**30:.1f}: give another folder, as in TMPDIR=/big"
        )
    # As its user `_apt`, apt has to get through.
    folder = Path(tempfile.mkdtemp(prefix="bazaar-fresh-", dir=place))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if keep:
            print(
                f"\nKept: {folder}. A shell in it: {sys.executable} tests/fresh_machine.py --enter {folder}"
            )
            print(f"Remove it with: rm -rf --one-file-system {folder}")
        else:
            remove(folder)


def remove(folder: Path) -> None:
    """Remove a machine's folder, and never what is mounted in it."""
    mounted = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    if any(Path(point).is_relative_to(folder) for point in mounted):
        raise StepError(f"something is mounted in {folder}: unmount it, then remove it")
    for _ in range(20):  # processes that were killed may still be ending
        subprocess.run(
            ["rm", "-rf", "--one-file-system", str(folder)], stderr=subprocess.DEVNULL, check=False
        )
        if not folder.exists():
            return
        time.sleep(0.5)
    raise StepError(f"{folder} could not be removed")


@contextmanager
def timed(took: list[str], name: str, folder: Path) -> Iterator[None]:
    """Say what is done, and note how long it took and how large the machine is then."""
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    done = "failed after"
    try:
        yield
        done = "took"
    finally:
        minutes = (time.monotonic() - began) / 60
        size = subprocess.run(["du", "-sxm", folder], capture_output=True, text=True, check=False).stdout
        took.append(f"{name:<16} {done} {minutes:.1f} min; {size.partition(chr(9))[0] or '?'} MB in all")
        print(f"=== {took[-1]}", flush=True)


def bootstrap(folder: Path, suite: str) -> None:
    """Put a bare Debian into a folder, from where this machine has its packages."""
    sources = apt_sources(suite)
    mirror = next((source.split()[0] for source in sources if source.split()[1] == suite), None)
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite, str(folder)]
    environment = dict(os.environ)
    if proxy := apt_settings().get("Acquire::http::Proxy"):
        environment.setdefault("http_proxy", proxy)
    # It mounts, too; and what it has started must not go on when this is ended.
    subprocess.run(
        [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
            *command,
            *([mirror] if mirror else []),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    if sources:
        lines = [f"deb {source}\n" for source in sources]
        (folder / "etc/apt/sources.list").write_text("".join(lines))
    settings = [f'{name} "{value}";\n' for name, value in apt_settings().items()]
    (folder / "etc/apt/apt.conf.d/90reach").write_text("".join(settings))


def apt_sources(suite: str) -> list[str]:
    """Give where this machine would have a Debian from: address, suite and component."""
    if not shutil.which("apt-get"):
        return []
    command = [
        "apt-get",
        "indextargets",
        "--format",
        "$(REPO_URI) $(RELEASE) $(COMPONENT)",
        "Created-By: Packages",
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    wanted = {f"{suite}{kind} main" for kind in ("", "-updates", "-security")}
    exact = [source for source in dict.fromkeys(found) if source.partition(" ")[2] in wanted]
    # A mirror has all suites.
    mirror = next((source.split()[0] for source in found if source.endswith(f" {SUITE} main")), "")
    return exact or ([f"{mirror} {suite} main"] if mirror else [])


def apt_settings() -> dict[str, str]:
    """Give how apt gets through from here."""
    if not shutil.which("apt-config"):
        return {}
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    pairs = re.findall(r'^(\S+) "(.+)";$', dump, re.MULTILINE)
    return {name: value for name, value in pairs if ACQUIRE.match(name)}


def variables() -> dict[str, str]:
    """Give the variables of this machine that say how packages are reached."""
    return {name: value for name, value in os.environ.items() if SETTINGS.fullmatch(name)}


def setting_files() -> dict[Path, str]:
    """Give pip's and npm's files of settings, each with the path that it has on the new machine."""
    home = Path.home()
    xdg = os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    files = {Path(one) / "pip/pip.conf": f"{one}/pip/pip.conf" for one in xdg if one.startswith("/")}
    files |= {
        Path(one): one for one in ("/etc/pip.conf", "/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc")
    }
    files |= {home / one: f"/root/{one}" for one in (".config/pip/pip.conf", ".pip/pip.conf", ".npmrc")}
    return {file: there for file, there in files.items() if file.is_file()}


def named_paths() -> list[Path]:
    """Give files and folders of this machine that its settings name: certificates, packages on disk."""
    texts = [*variables().values(), *(file.read_text() for file in setting_files())]
    return [
        Path(path) for text in texts for path in dict.fromkeys(PATHS.findall(text)) if Path(path).exists()
    ]


def take_settings(folder: Path) -> None:
    """Let the machine reach packages as this one does; folders of packages are mounted, see `inside`."""
    own = Path("/usr/local/share/ca-certificates")
    copies = setting_files()
    copies |= {path: str(path) for path in named_paths() if path.is_file()}
    copies |= {path: str(path) for path in (*own.glob("*.crt"), Path("/etc/hosts"), Path("/etc/resolv.conf"))}
    for file, there in copies.items():
        target = folder / there.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy(file, target)


def clone(folder: Path) -> None:
    """Clone the newest commit into the machine."""
    bundle(folder)
    if inside(folder, "git", "clone", "-q", BUNDLE, CLONE):
        raise StepError("the commit could not be cloned")


def pull(folder: Path) -> None:
    """Bring the newest commit into the machine's clone."""
    bundle(folder)
    script = f"cd {CLONE} && git fetch -q {BUNDLE} HEAD && git reset -q --hard FETCH_HEAD"
    if inside(folder, "sh", "-c", script):
        raise StepError("the commit could not be pulled")


def bundle(folder: Path) -> None:
    """Put the newest commit, with all before it, into a file of the machine."""
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    changed = subprocess.run(
        [*git, "status", "--porcelain"], capture_output=True, text=True, check=True
    ).stdout
    if changed:
        print(f"Changes that are not committed are not tried:\n{changed}", flush=True)
    subprocess.run([*git, "bundle", "create", "-q", str(folder / BUNDLE.lstrip("/")), "HEAD"], check=True)


def make(folder: Path, step: str) -> None:
    """Let the machine make a step."""
    if inside(folder, "make", "-C", CLONE, *step.split()):
        raise StepError(f"`make {step}` failed on a bare Debian")


def inside(folder: Path, *command: str) -> int:
    """Run a command in the machine, with nothing of this one but its settings; give its exit code."""
    named = [path for path in named_paths() if path.is_dir()]
    # An index on disk has its packages beside it. Never over what Debian has there itself.
    named = [path.parent if path.name == "simple" else path for path in named]
    folders = [path for path in dict.fromkeys(map(str, named)) if _is_free(folder, path)]
    environment = {
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "TERM": os.environ.get("TERM", "dumb"),
        **variables(),
    }
    return subprocess.run(
        [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
            *("sh", "-c", MOUNT, "sh", str(folder), *folders, "--"),
            *("env", "-i", *(f"{name}={value}" for name, value in environment.items()), *command),
        ],
        stdin=None if sys.stdin.isatty() else subprocess.DEVNULL,
        check=False,
    ).returncode


def _is_free(folder: Path, path: str) -> bool:
    """Whether the machine has nothing at a path but the empty folder that an earlier mount left."""
    there = folder / path.lstrip("/")
    return not there.exists() or (there.is_dir() and not any(there.iterdir()))


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
