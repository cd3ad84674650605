"""The command line: ``bazaar``, or ``python -m bazaar_nb``."""

from bazaar_nb.cli.program import main

__all__ = ["main"]
