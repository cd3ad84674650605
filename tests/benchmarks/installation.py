"""How large an installation is: this checkout in new environments, alone and with each of the extras.

``python -m tests.benchmarks.installation [extra …]``

Each environment is made by uv, where that is at hand, else by pip; nothing is compiled. What is measured is
the folder of packages, less pip: megabytes (10^6 bytes) of files, and how many distributions there are.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
EXTRAS = ("", "dask", "lab", "serverless", "typst", "all")
"""What people install; the first is the package alone."""
_SMALL = 5_000_000  # bytes: distributions below are not named


class Installation(NamedTuple):
    """What an environment has.

    Attributes
    ----------
    megabytes : float
    distributions : int
    largest : list of (str, float)
        The largest folders, with their megabytes.
    """

    megabytes: float
    distributions: int
    largest: list[tuple[str, float]]


def install(extra: str, folder: Path) -> Path:
    """Make an environment with the package; give its folder of packages."""
    uv = shutil.which("uv")
    venv.create(folder, with_pip=uv is None)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    wanted = f"{ROOT}[{extra}]" if extra else str(ROOT)
    tool = [uv, "pip", "install", "--quiet", "--python", str(python)] if uv else None
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-compile"]
    subprocess.run([*(tool or pip), wanted], check=True)
    found = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    return Path(found)


def measure(packages: Path) -> Installation:
    """Say how large a folder of packages is."""
    sizes: dict[str, int] = {}
    for path in packages.rglob("*"):
        part = path.relative_to(packages).parts[0]
        if path.is_file() and "__pycache__" not in path.parts and not part.startswith("pip"):
            sizes[part] = sizes.get(part, 0) + path.stat().st_size
    distributions = sum(name.endswith(".dist-info") for name in sizes)
    largest = sorted(sizes.items(), key=lambda item: -item[1])
    named = [(name, size / 1e6) for name, size in largest if size > _SMALL]
    return Installation(sum(sizes.values()) / 1e6, distributions, named)


def main() -> None:
    """Print the table."""
    print("| installed | MB | distributions | largest |\n|---|---|---|---|")
    for extra in sys.argv[1:] or EXTRAS:
        with tempfile.TemporaryDirectory(prefix="bazaar-size-") as folder:
            found = measure(install(extra, Path(folder) / "env"))
        name = f"bazaar_nb[{extra}]" if extra else "bazaar_nb"
        largest = ", ".join(f"{one} {size:.0f}" for one, size in found.largest[:6])
        print(f"| `{name}` | {found.megabytes:.0f} | {found.distributions} | {largest} |", flush=True)


if __name__ == "__main__":
    main()
