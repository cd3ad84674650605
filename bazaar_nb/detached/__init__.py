"""Renders that go on without the notebook that asked for them, taken by whoever works for their root."""
