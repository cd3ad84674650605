"""The public names: sorted, there, the same for people and for type checkers; lazy, and lasting."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import bazaar_nb as bz

SOURCE = Path(bz.__file__)
MODULES = (
    "analysis",
    "charts",
    "looks",
    "parameters",
    "scales",
    "templates",
    "transitions",
    "vectors",
    "words",
)  # public as they are, with names of their own


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_they_are_sorted_and_there() -> None:
    assert list(bz.__all__) == sorted(set(bz.__all__))
    for name in bz.__all__:
        assert callable(getattr(bz, name)) or name in MODULES, name
    assert set(bz.__all__) <= set(dir(bz))


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(bz, "Compositoin")
    for name, meant in (("Compositoin", "Composition"), ("Circle", "Ellipse")):
        with pytest.raises(AttributeError, match=f"bazaar_nb has no '{name}'; did you mean '{meant}'"):
            getattr(bz, name)


def test_submodules_do_not_take_a_name_away() -> None:
    modules = [
        found.name
        for found in pkgutil.walk_packages([str(SOURCE.parent)], "bazaar_nb.")
        if not found.name.endswith("__main__")
    ]
    assert len(modules) > 40
    importlib.import_module("bazaar_nb.jobs.job")
    code = f"""
        import importlib
        for name in {modules!r}:
            importlib.import_module(name)
        import bazaar_nb as bz
        wrong = [name for name in bz.__all__ if type(getattr(bz, name)).__name__ == "module"]
        lost = [name for name in bz.analysis.__all__ if type(getattr(bz.analysis, name)).__name__ == "module"]
        called = [callable(getattr(bz, name)) for name in ("films", "history", "jobs", "scene")]
        print(wrong == {list(MODULES)!r}, lost, called)
    """
    assert run(code) == "True [] [True, True, True, True]\n"


def test_importing_the_package_is_light() -> None:
    heavy = ("skia", "cv2", "av", "pandas", "pyarrow", "matplotlib", "loky", "tqdm", "PIL")
    assert (
        run(f"""
        import sys, bazaar_nb
        print([name for name in {heavy!r} if name in sys.modules])
    """)
        == "[]\n"
    )


def test_without_system_libraries_the_first_use_says_what_to_install() -> None:
    said = run("""
        import sys
        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name == "skia":
                    raise ImportError(
                        "libEGL.so.1: cannot open shared object file: No such file or directory", name="skia"
                    )
        sys.meta_path.insert(0, Missing())
        import bazaar_nb as bz
        scene = bz.scene(duration=1)(lambda frame: bz.Fill("red"))
        print(callable(bz.scene), bz.spring(0.5) > 0)
        try:
            bz.Composition([scene()]).still(0)
        except bz.MissingLibraryError as error:
            print(isinstance(error, ImportError), error)
    """)
    works, fails = said.splitlines()
    assert works == "True True"
    assert fails.startswith("True skia needs the system library libEGL.so.1, which isn't here: ")
    assert "install" in fails


def test_films_and_charts_show_themselves_in_marimo() -> None:
    """Which asks each object for `_display_`; a film has none where nobody asks."""
    assert not hasattr(bz.Composition, "_display_")
    assert (
        run("""
        import sys, types
        sys.modules["marimo"] = types.ModuleType("marimo")
        import bazaar_nb as bz
        film = bz.Composition([bz.scene(duration=1)(lambda frame: bz.Fill("red"))()], width=64, height=36)
        player = film._display_()
        print(type(player).__name__, player.film is film)
        player.close()
        chart = bz.charts.BarRace({"year": [1, 2], "A": [1, 2]}, time="year", duration=2)
        player = chart._display_()
        print(type(player).__name__, player.film.frames)
        player.close()
    """)
        == "Player True\nPlayer 60\n"
    )
