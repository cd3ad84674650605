"""What functions in a cloud take and cost: AWS Lambda's way of counting."""

from __future__ import annotations

from dataclasses import dataclass

from bazaar_nb.jobs.prices import Prices

CORE_GB = 1769 / 1024
"""Memory that comes with one virtual CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
_CLOUD_SPEED = 0.8
"""Of one of its virtual CPUs beside a core of a desk's machine: a guess, until renders there are known."""
_COLD_S = (2.0, 5.0, 12.0)
"""Until a new function is ready, with an image of about 1 GB: low, likely, high. It is paid for."""
_CALL_S = (0.3, 0.7, 1.5)
"""Of each call, beside its segment: fetching what it is to do, answering."""


def lambda_speed(memory_gb: float) -> float:
    """Give the speed of a function that works with one thread, a core of this machine being 1."""
    return _CLOUD_SPEED * min(1.0, memory_gb / CORE_GB)


@dataclass(frozen=True, slots=True)
class FunctionUse:
    """How functions are used by a render.

    Attributes
    ----------
    at_once : int
        How many start cold.
    """

    calls: int
    at_once: int
    memory_gb: float

    def cost(self, busy_s: float, edge: int, prices: Prices) -> float:
        """Give what they cost.

        Parameters
        ----------
        busy_s : float
            Seconds of work of all of them.
        edge : int
            0, 1 or 2: from, likely, to.
        """
        seconds = busy_s + self.calls * _CALL_S[edge] + self.at_once * _COLD_S[edge]
        return (
            seconds * self.memory_gb * prices.function_gb_s + self.calls * prices.function_calls_million / 1e6
        )
