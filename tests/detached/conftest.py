"""Detached renders are tested with the workspaces of renders, and with real `bazaar work` processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import bazaar_nb as bz
from tests.detached.working import Working
from tests.render.conftest import inline

__all__ = ["inline", "work"]


@pytest.fixture
def work(inline: bz.Workspace) -> Iterator[Callable[..., Working]]:
    """Give what starts `bazaar work` on the workspace's root; whatever still runs is killed at the end."""
    started: list[Working] = []

    def start(*arguments: str) -> Working:
        started.append(Working(inline, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.kill()
