"""Load for a machine on which tests run: loops that keep cores busy, and small files written and synced.

``python -m tests.load --busy 2 --files`` goes on until it is terminated or whoever started it has ended. Then
it says how much it wrote, and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

FILES_A_FOLDER = 400
SIZES = (4_000, 60_000)
FOLDERS_KEPT = 20  # at most half a gigabyte on the disk at any moment


class Stopped(Exception):
    """Somebody wants it to end."""


def keep_busy() -> None:
    """Count until the parent has ended."""
    parent, number = os.getppid(), 0
    while number % 1_000_000 or os.getppid() == parent:
        number += 1


def write_files(folder: Path, parent: int) -> None:
    """Write as what unpacks an archive does, each file to the disk; remove the oldest behind it."""
    written, chance = 0, random.Random(7)
    noise = chance.randbytes(SIZES[1])
    kept: list[Path] = []
    try:
        while os.getppid() == parent:
            kept.append(Path(tempfile.mkdtemp(dir=folder)))
            for number in range(FILES_A_FOLDER):
                with (kept[-1] / str(number)).open("wb") as file:
                    written += file.write(noise[: chance.randint(*SIZES)])
                    file.flush()
                    os.fsync(file.fileno())
            if len(kept) > FOLDERS_KEPT:
                shutil.rmtree(kept.pop(0))
    finally:
        print(f"{written / 1e9:.2f} GB of small files were written", flush=True)


def wait(parent: int) -> None:
    """Wait until the parent has ended."""
    while os.getppid() == parent:
        signal.sigtimedwait((), 0.5)


def main() -> None:
    """Be a load until somebody stops it."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="loops that keep a core busy each")
    parser.add_argument("--files", action="store_true", help="write and sync small files")
    parser.add_argument("--in", dest="folder", metavar="FOLDER", help="where: a folder for temporary files")
    options = parser.parse_args()
    parent = os.getppid()

    def stop(*_: object) -> None:
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    program = "from tests.load import keep_busy; keep_busy()"
    loops = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(options.busy)]
    folder = Path(tempfile.mkdtemp(prefix="load-", dir=options.folder))
    try:
        print("loads", flush=True)
        (write_files if options.files else lambda _folder, parent: wait(parent))(folder, parent)
    except Stopped:
        pass
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # once is enough
        for loop in loops:
            loop.kill()
            loop.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
