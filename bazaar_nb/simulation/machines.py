"""Who renders in a simulation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """Workers, and how they behave.

    Attributes
    ----------
    workers : int
        How many there are.
    cores : int or None
        That all of them, sound and joining share; None where each has its own, as in a cluster.
    most_at_once : int or None
        How many may run at the same time: a cloud's quota.
    straggler_share, straggler_factor : float
        How many of the segments come late, and how many times as long they then take.
    second_runs : bool
        Whether a late segment is run a second time near the end, and the first result counts.
    is_remote : bool
        Whether segments go into a bucket, and are joined on their way there while others are rendered;
        else they are joined in a folder after the last one.
    plans_at_home : bool
        Whether the film can't travel, and is evaluated by the coordinator.
    """

    workers: int
    cores: int | None = None
    most_at_once: int | None = None
    straggler_share: float = 0.0
    straggler_factor: float = 3.0
    second_runs: bool = True
    is_remote: bool = True
    plans_at_home: bool = False

    @property
    def running(self) -> int:
        """How many workers there are at the same time."""
        return min(self.workers, self.most_at_once or self.workers)
