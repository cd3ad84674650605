"""Many processes at the same time: no event is lost, none is there twice."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from bazaar_nb.history.compaction import compact
from bazaar_nb.history.history import History
from bazaar_nb.history.render_event import RenderEvent
from bazaar_nb.history.scan import Scan
from bazaar_nb.store.store import Store
from tests.history.compaction_contract import single_files

WRITERS, EVENTS = 8, 500


def test_every_read_has_all_that_was_written_before_it_once(tmp_path: Path) -> None:
    root = tmp_path / "root"
    store, history = Store(root), History(Store(root))

    def start(*arguments: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "tests.history.many", *map(str, arguments)])

    def told() -> set[str]:
        lines = [path.read_text().splitlines(keepends=True) for path in tmp_path.glob("told-*")]
        return {line.rstrip() for some in lines for line in some if line.endswith("\n")}

    writers = [
        start("write", root, f"w{number}", EVENTS, tmp_path / f"told-{number}") for number in range(WRITERS)
    ]
    compactors = [start("compact", root), start("compact", root)]
    reads = merged_reads = killed = 0
    try:
        deadline = time.monotonic() + 240
        ended = False
        while not ended:
            ended = all(writer.poll() is not None for writer in writers)
            before = told()
            if reads % 2:
                ids = history(columns=["event_id"])["event_id"].tolist()
            else:
                ids = Scan(store, RenderEvent, ("event_id",)).read()["event_id"].to_pylist()
            assert len(ids) == len(set(ids))
            assert before <= set(ids)
            reads += 1
            merged_reads += any("/merged-" in key for key in store.list("history/"))
            if reads % 5 == 4:
                compactors[killed % 2].kill()  # whatever it was doing
                compactors[killed % 2].wait()
                compactors[killed % 2] = start("compact", root)
                killed += 1
            assert time.monotonic() < deadline
        assert [writer.wait() for writer in writers] == [0] * WRITERS
    finally:
        for process in [*writers, *compactors]:
            process.kill()
            process.wait()
    assert len(told()) == len(ids) == WRITERS * EVENTS
    assert reads >= 5
    assert merged_reads
    compact(store, grace_s=0)
    assert single_files(store) == []
    assert set(history(columns=["event_id"])["event_id"]) == told()
