from __future__ import annotations

from bazaar_nb.parameters.docstrings import read_docstring

DOCUMENTED = """Show words, large,
    and alone.

    More of it.

    Parameters
    ----------
    text : str
        The words,
        in a line.

        And more.
    width, height : int
        Pixels.
    **options
        Others.

    Returns
    -------
    film : Composition
        Not a parameter.
    """


def test_summary_and_parameters_are_read() -> None:
    found = read_docstring(DOCUMENTED)
    assert found.summary == "Show words, large, and alone."
    assert found.parameters == {
        "text": "The words, in a line. And more.",
        "width": "Pixels.",
        "height": "Pixels.",
        "options": "Others.",
    }


def test_other_docstrings_have_a_summary_or_nothing() -> None:
    assert read_docstring(None) == ("", {})
    assert read_docstring("Short.") == ("Short.", {})
    assert read_docstring("Google's.\n\nArgs:\n    text: words") == ("Google's.", {})
    assert read_docstring("Empty.\n\nParameters\n----------\n") == ("Empty.", {})
