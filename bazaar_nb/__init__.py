"""Videos from Python scenes, in a Jupyter notebook."""

__version__ = "0.1.0"
