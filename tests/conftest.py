"""What all tests stand on."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# On a machine that does more than the tests, an example takes as long as it takes. The suite tries the same
# examples each time: what it says of a change is due to the change. `make search` tries others.
settings.register_profile(
    "tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# A shell that starts the tests in the background has interrupts ignored, by them and by all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_cores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Share this machine's cores with nobody else who renders on it: a test might wait for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        yield
