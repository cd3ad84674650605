"""Batches are tested with the workspaces and engines of renders."""

from __future__ import annotations

from tests.render.conftest import inline, local, local_engine, no_litter, own_queue

__all__ = ["inline", "local", "local_engine", "no_litter", "own_queue"]
