"""What the tests of the coursework share: its notebooks taken apart, and run in this process."""

import ast
import re
from copy import deepcopy
from pathlib import Path

import nbformat

folder = Path(__file__).parents[2] / "notebooks" / "coursework"
NAMES = sorted(path.stem for path in folder.glob("*.ipynb"))

REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(?P<inside>.*?)\n### END \1", re.DOTALL)


def read(path):
    return nbformat.read(path, as_version=4).cells


def source(name):
    return read(folder / f"{name}.ipynb")


def kind(cell):
    """ "answer", "check" or "written" of a cell that is answered or marked; "given" of all others."""
    data = cell.metadata.get("nbgrader", {})
    kinds = {(True, False): "answer", (False, True): "check", (True, True): "written"}
    return kinds.get((data.get("solution"), data.get("grade")), "given")


def of_kind(cells, *kinds):
    return [cell for cell in cells if kind(cell) in kinds]


def grade_id(cell):
    return cell.metadata.nbgrader.grade_id


def inside(cell):
    """The text between the marks of a solution or of hidden tests."""
    return "\n".join(found["inside"] for found in REGION.finditer(cell.source))


def assigned(code):
    """Names that code assigns outside of functions and comprehensions."""
    targets = [target for node in ast.parse(code).body if isinstance(node, ast.Assign) for target in node.targets]
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def secrets(cells):
    """Lines that no student may see: of solutions, hidden tests and written answers, where they say something."""
    texts = [
        cell.source if kind(cell) == "written" else inside(cell)
        for cell in of_kind(cells, "answer", "check", "written")
    ]
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return {line for line in lines if len(line) > 25 and not line.startswith(("#", "import ", "from "))}


class Desk:
    """One person at an assignment: its cells run one after another in one namespace, in this process."""

    def __init__(self, cells, seed=None):
        self.values, self.answers, self.failed = {}, {}, {}
        for cell in cells:
            if cell.cell_type != "code":
                continue
            code = cell.source if seed is None else re.sub(r"(?m)^seed = \d+$", f"seed = {seed}", cell.source)
            self.run(cell, code)

    def run(self, cell, code):
        try:
            exec(compile(code, grade_id(cell), "exec"), self.values)
        except (AssertionError, NameError, NotImplementedError) as error:
            self.failed[grade_id(cell)] = error
            return
        if kind(cell) == "answer":
            self.answers[grade_id(cell)] = {name: deepcopy(self.values[name]) for name in assigned(inside(cell))}


class Copier(Desk):
    """One who hands in the values of another desk in place of answers."""

    def __init__(self, cells, seed, copied):
        self.copied = copied
        super().__init__(cells, seed)

    def run(self, cell, code):
        if kind(cell) == "answer":
            self.values.update(self.copied[grade_id(cell)])
        else:
            super().run(cell, code)
