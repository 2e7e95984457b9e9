"""The arrows of the design: imports run downward through five storeys and never into another room's inside."""

import ast
import sys
from pathlib import Path

import pytest

import sslib

root = Path(sslib.__file__).parent

storeys = [
    {
        "units",
        "checks",
        "formatting",
        "tables",
        "datasets",
        "instruments",
        "transport",
        "kinetics",
        "mechanics",
        "thermodynamics",
    },
    {"impedance", "cell", "interfaces", "measurements"},
    {"failure"},
    {"chain"},
    {"notebook", "report"},
]
storey_of = {room: level for level, rooms in enumerate(storeys) for room in rooms}
below_the_top = {"numpy", "scipy", "pandas", "pooch", "galvani", "openpyxl"}

files = sorted(path for path in root.rglob("*.py") if path != root / "__init__.py")


def module_name(path):
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path):
    """(line, module) of every import in a file, wherever it stands; a submodule counts as such."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                is_inside = is_module(module, alias.name) and alias.name not in handed_on(module)
                yield node.lineno, f"{module}.{alias.name}" if is_inside else module


def is_module(package, name):
    path = root.parent / Path(*package.split("."), name)
    return path.is_dir() or path.with_suffix(".py").is_file()


def handed_on(package):
    """Names that a package's __init__ imports: a function may have the name of the file in which it stands."""
    path = root.parent / Path(*package.split("."), "__init__.py")
    if not path.is_file():
        return set()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}


@pytest.mark.parametrize("path", files, ids=module_name)
def test_imports_run_downward_and_not_into_insides(path):
    """A room that reaches up, or into another room's inside, could no longer be changed on its own."""
    room = module_name(path).split(".")[1]
    assert room in storey_of, f"{room} has no storey; design.md and this test name them"
    for line, module in imported_modules(path):
        where = f"{path.relative_to(root.parent)}:{line} imports {module}"
        top, *inner = module.split(".")
        if top != "sslib":
            outside_allowed = top in sys.stdlib_module_names or top in below_the_top
            assert outside_allowed or storey_of[room] == len(storeys) - 1, f"{where}; only the top storey may"
            continue
        if not inner or inner[0] == room:
            continue
        assert len(inner) == 1, f"{where}, which is an inside; import from sslib.{inner[0]}"
        assert storey_of[inner[0]] <= storey_of[room], f"{where}, which is higher up"
        assert {room, inner[0]} != {"notebook", "report"}, f"{where}; they share results.json and nothing else"


@pytest.mark.parametrize("path", sorted(root.rglob("__init__.py")), ids=module_name)
def test_package_files_only_hand_on_names(path):
    """Code in an __init__ runs with every import of the package and is where nobody looks for it."""
    docstring, *rest = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr), "it has no docstring"
    for node in rest:
        is_list_of_names = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        assert isinstance(node, ast.Import | ast.ImportFrom) or is_list_of_names, ast.unparse(node)
