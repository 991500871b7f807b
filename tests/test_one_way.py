"""Imports go one way: corpus < index < kg < service < cli."""

import ast
import pathlib
import re
import sys
import tomllib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
ROOMS = ("corpus", "index", "kg", "service", "cli")
MODULES = sorted(
    str(path.relative_to(ROOT)) for room in ROOMS for path in [*ROOT.glob(f"{room}/**/*.py"), *ROOT.glob(f"{room}.py")]
)


def _imported(path: pathlib.Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_room_and_rooms_to_its_left(module: str) -> None:
    room = pathlib.PurePath(module).parts[0].removesuffix(".py")
    right = set(ROOMS[ROOMS.index(room) + 1 :]) | {"tests", "bench"}
    assert not _imported(ROOT / module) & right


def test_every_room_is_looked_at() -> None:
    assert {pathlib.PurePath(module).parts[0].removesuffix(".py") for module in MODULES} == set(ROOMS)


def test_every_import_from_outside_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.match(r"[\w-]+", item)[0].lower() for item in project["dependencies"]}  # type: ignore[index]  # all match
    modules = {"faiss-cpu": "faiss", "markdown-it-py": "markdown_it", "readability-lxml": "readability"}
    names = {modules.get(name, name).replace("-", "_") for name in declared}
    for module in MODULES:
        assert _imported(ROOT / module) - set(ROOMS) - sys.stdlib_module_names <= names, module
