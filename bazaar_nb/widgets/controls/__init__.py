"""Controls of films' parameters where a notebook has no place for those of ipywidgets, as in marimo."""
