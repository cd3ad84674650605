"""Counters that two processes share are never seen half written."""

from __future__ import annotations

import subprocess
import sys

from bazaar_nb.render.frame_counters import FrameCounters
from tests.render.gates import until

COUNT = """
import sys
from bazaar_nb.render.frame_counters import Counter
counter = Counter(sys.argv[1], 1)
while not counter.is_cancelled:
    for frames in range(1000, 3000):
        counter.set(frames)
counter.close()
"""


def test_a_number_is_written_whole() -> None:
    with FrameCounters(3) as counters:
        process = subprocess.Popen([sys.executable, "-c", COUNT, counters.path])
        try:
            until(counters.counts)
            seen = {counters.counts() for _ in range(50_000)}
        finally:
            counters.cancel()
            assert process.wait(180) == 0
    assert len(seen) > 1
    assert min(seen) >= 1000
