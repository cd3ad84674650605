"""Processes for the test of many: ``python -m tests.history.many write|compact ROOT …``."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

from bazaar_nb.history.compaction import compact
from bazaar_nb.history.writer import record
from bazaar_nb.store.store import Store
from tests.history.events import NOON, render


def write(root: str, name: str, count: int, told: Path) -> None:
    """Write events one by one; say of each that it is there, after it is."""
    store = Store(root)
    with told.open("a", buffering=1) as file:
        for number in range(count):
            event = render(f"{name}-{number}", NOON + dt.timedelta(days=number % 3, seconds=number))
            record(store, event)
            file.write(f"{event.event_id}\n")


def keep_compacting(root: str) -> None:
    """Merge again and again, until it is killed."""
    while True:
        compact(Store(root), grace_s=0.3)
        time.sleep(0.3)  # the machine has two cores


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]))
    else:
        keep_compacting(sys.argv[2])
