"""The walls: who may import whom, and what `import bazaar_nb` costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import bazaar_nb

ROOT = Path(bazaar_nb.__file__).parent

# From the bottom up; a module may import from lower layers, and from its own package.
LAYERS = (
    ("errors",),
    ("scene",),
    ("draw",),
    ("encode",),
    ("store",),
    ("history",),
    ("render",),
    ("preview",),
    ("workspace",),
    ("analysis",),
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}
TOP = len(LAYERS)  # widgets, cli, doctor, magics and whatever else people touch

ONLY_IN = {"av": "encode", "skia": "draw", "cv2": "draw"}

# What reads, writes, draws or talks: nothing for scenes, which are data.
NOT_IN_SCENE = {
    *("PIL", "av", "boto3", "cv2", "fsspec", "loky", "matplotlib", "pyarrow", "requests", "s3fs", "skia"),
    *(
        "fileinput",
        "glob",
        "http",
        "io",
        "mmap",
        "multiprocessing",
        "shutil",
        "socket",
        "sqlite3",
        "subprocess",
    ),
    *("tempfile", "urllib"),
}
# Of these, the parts that only look at a path as text.
TEXT_ONLY = {
    "os": {"PathLike", "fspath", "fsdecode"},
    "pathlib": {"PurePath", "PurePosixPath", "PureWindowsPath"},
}

HEAVY = ("pandas", "pyarrow", "matplotlib", "av", "skia", "cv2", "IPython", "loky")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def nodes(module: str, *, for_types: bool = True) -> Iterator[ast.AST]:
    """All syntax nodes of a module; on request without what ``if TYPE_CHECKING:`` hides from Python."""
    waiting: list[ast.AST] = [ast.parse(MODULES[module].read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        hidden = isinstance(node, ast.If) and ast.unparse(node.test) in (
            "TYPE_CHECKING",
            "typing.TYPE_CHECKING",
        )
        if for_types or not hidden:
            yield node
            waiting += ast.iter_child_nodes(node)


def imports(module: str, *, for_types: bool = True) -> Iterator[str]:
    """Full names of all that a module imports, wherever in it: ``bazaar_nb.scene.time.as_fps``, ``os``."""
    for node in nodes(module, for_types=for_types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                package = parts if MODULES[module].name == "__init__.py" else parts[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def own(name: str) -> str | None:
    """The module of this package that an imported name is, or is in."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def layer(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def height(module: str) -> int:
    return HEIGHT.get(layer(module), TOP)


def test_imports_run_only_downwards() -> None:
    upwards = [
        f"{module} imports {name}"
        for module in MODULES
        for name in imports(module)
        if (target := own(name)) is not None
        and layer(target) != layer(module)
        and height(target) >= height(module)
        and height(module) < TOP
        and name != "bazaar_nb.__version__"
    ]
    assert upwards == []


@pytest.mark.parametrize(("library", "package"), ONLY_IN.items())
def test_one_layer_knows_the_library(library: str, package: str) -> None:
    users = [module for module in MODULES if any(name.split(".")[0] == library for name in imports(module))]
    assert users, f"nothing imports {library}: is this test looking at the right files?"
    assert [module for module in users if layer(module) != package] == []


def test_scenes_are_pure_data() -> None:
    found = []
    for module in (module for module in MODULES if layer(module) == "scene"):
        uses = list(imports(module))
        for node in nodes(module):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in TEXT_ONLY
            ):
                uses.append(f"{node.value.id}.{node.attr}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("open", "input")
            ):
                found.append(f"{module} calls {node.func.id}() in line {node.lineno}")
        for name in uses:
            library, _, part = name.partition(".")
            if library in NOT_IN_SCENE or (part and part not in TEXT_ONLY.get(library, {part})):
                found.append(f"{module} uses {name}")
    assert found == []


def test_no_module_imports_itself_through_others() -> None:
    # Two modules may name each other's types: that is no order in which they are run.
    graph = {
        module: {own(name) for name in imports(module, for_types=False)} - {None, module, "bazaar_nb"}
        for module in MODULES
        if module != "bazaar_nb"  # it names everything, lazily
    }
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    "modules",
    ["bazaar_nb", "bazaar_nb.store.store, bazaar_nb.history.writer, bazaar_nb.scene.time", "bazaar_nb.cli"],
)
def test_importing_is_cheap(modules: str) -> None:
    code = f"import sys, {modules}; print(*sorted(set(sys.modules) & {set(HEAVY)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_public_names_are_sorted_and_exist() -> None:
    names = getattr(bazaar_nb, "__all__", [])
    assert list(names) == sorted(set(names))
    assert [name for name in names if not hasattr(bazaar_nb, name)] == []
    assert set(names) <= {*dir(bazaar_nb)}
