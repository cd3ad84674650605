"""Saved films are tested with the workspaces, engines and queue of renders."""

from __future__ import annotations

from tests.render.conftest import inline, local, local_engine, own_queue

__all__ = ["inline", "local", "local_engine", "own_queue"]
