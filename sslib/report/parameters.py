"""A notebook's parameters as its `parameters` cell declares them, and values for them as a person types them.

A declaration is an annotated assignment with its meaning on the same line::

    area_cm2: float | None = 0.785  # electrode area [cm2] (0.01-100)

The cell is read as text and never executed.
"""

import ast
import io
import math
import re
import tokenize
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

_number = r"[-−]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_range = re.compile(rf"\s*\(\s*({_number})\s*(?:-|–|to|\.\.+)\s*({_number})?\s*\)")
_unit = re.compile(r"\[([^\]]*)\]")


class RequestError(ValueError):
    """What was asked for cannot be run; the message says what can."""


@dataclass(frozen=True)
class Parameter:
    """One declaration of a `parameters` cell.

    `kind` is "str", "int", "float", "bool", "File", "Folder" or "choice"; `meaning` is the comment without its range;
    `limits` is a pair of numbers in `unit`.
    """

    name: str
    kind: str
    default: object
    choices: tuple = ()
    optional: bool = False
    meaning: str = ""
    unit: str = ""
    limits: tuple[float, float] = (-math.inf, math.inf)

    @property
    def type(self):
        """The type in words."""
        text = " | ".join(repr(choice) for choice in self.choices) if self.kind == "choice" else self.kind
        return f"{text} | None" if self.optional else text

    @property
    def help(self):
        """Meaning, unit and range in one line."""
        return f"{self.meaning} ({self._allowed()})" if self._allowed() else self.meaning

    def read(self, text):
        """The value that `text` stands for; RequestError says what was expected."""
        if self.optional and text.strip() in ("", "None", "none"):
            return None
        try:
            value = _readers[self.kind](self, text)
        except ValueError:
            raise RequestError(f"{self.name} is {text!r}; expected {self._expectation()}") from None
        if self.kind in ("int", "float") and not self.limits[0] <= value <= self.limits[1]:
            unit = f" {self.unit}" if self.unit not in ("", "1", None) else ""
            raise RequestError(f"{self.name} is {value:g}{unit}; allowed is {self._allowed()}{unit}")
        return value

    def _allowed(self):
        low, high = self.limits
        if math.isinf(low):
            return ""
        return f"from {low:g}" if math.isinf(high) else f"{low:g} to {high:g}"

    def _expectation(self):
        if self.kind == "choice":
            text = "one of " + ", ".join(repr(choice) for choice in self.choices)
        else:
            text = {"int": "a whole number", "float": "a number", "bool": "True or False"}[self.kind]
            text += f" [{self.unit}]" if self.unit else ""
            text += f", such as {self.default!r}" if self.default is not None else ""
        return text + (" (or None)" if self.optional else "")


def _read_float(parameter, text):
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _read_bool(parameter, text):
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.strip().lower() not in known:
        raise ValueError(text)
    return known[text.strip().lower()]


def _read_choice(parameter, text):
    for choice in parameter.choices:
        if str(choice) == text.strip():
            return choice
    raise ValueError(text)


_readers = {
    "str": lambda parameter, text: text,
    "File": lambda parameter, text: text,
    "Folder": lambda parameter, text: text,
    "int": lambda parameter, text: int(text),
    "float": _read_float,
    "bool": _read_bool,
    "choice": _read_choice,
}


def parse_parameters(source):
    """The declarations in the source of a `parameters` cell, by name.

    >>> cell = "area_cm2: float | None = 0.785  # electrode area [cm2] (0.01-100)"
    >>> parse_parameters(cell)["area_cm2"].help
    'electrode area [cm2] (0.01 to 100)'
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise RequestError(f"the parameters cell is no Python: line {error.lineno}: {error.msg}") from None
    comments = {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    parameters = {}
    for statement in statements:
        if isinstance(statement, ast.Assign):
            name = ast.unparse(statement.targets[0])
            raise RequestError(f"the parameter {name} has no type; write {name}: float = ...  # meaning [unit]")
        if not isinstance(statement, ast.AnnAssign):
            continue
        lines = range(statement.lineno, statement.end_lineno + 1)
        comment = " ".join(comments[line] for line in lines if line in comments)
        parameter = _declared(statement, comment)
        parameters[parameter.name] = parameter
    return parameters


def _declared(statement, comment):
    name = ast.unparse(statement.target)
    kind, choices, optional = _parse_type(name, statement.annotation)
    try:
        default = ast.literal_eval(statement.value)
    except (ValueError, TypeError):
        raise RequestError(f"the parameter {name} has no plain default; write {name}: type = value") from None
    parameter = Parameter(name, kind, default, choices, optional)
    if kind == "float" and isinstance(default, int) and not isinstance(default, bool):
        parameter = replace(parameter, default=float(default))
    types = {"str": str, "File": str, "Folder": str, "int": int, "float": float, "bool": bool}
    if parameter.default is None:
        fits = optional
    elif kind == "choice":
        fits = parameter.default in choices
    else:
        fits = type(parameter.default) is types[kind]
    if not fits:
        raise RequestError(f"the default of {name} is {default!r}; its type is {parameter.type}")
    unit = _unit.search(comment)
    parameter = replace(parameter, meaning=comment, unit=unit[1] if unit else "")
    ends = _range.search(comment) if kind in ("int", "float") else None
    if ends is None:
        return parameter
    low, high = (float((end or "inf").replace("−", "-")) for end in ends.groups())
    return replace(parameter, meaning=comment[: ends.start()] + comment[ends.end() :], limits=(low, high))


def _parse_type(name, annotation):
    """(kind, choices, optional) of an annotation."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        members = [annotation.left, annotation.right]
        others = [member for member in members if not (isinstance(member, ast.Constant) and member.value is None)]
        if len(others) == 1:
            return *_parse_type(name, others[0])[:2], True
    text = ast.unparse(annotation)
    if text in ("str", "int", "float", "bool", "File", "Folder"):
        return text, (), False
    if text.startswith("Literal["):
        try:
            choices = ast.literal_eval(annotation.slice)
        except ValueError:
            raise RequestError(f"the parameter {name} has the type {text}; its choices must be plain values") from None
        return "choice", choices if isinstance(choices, tuple) else (choices,), False
    raise RequestError(
        f"the parameter {name} has the type {text}; known are str, int, float, bool, File, Folder, Literal[...], "
        "and any of them with | None"
    )


def locate_file(parameter, value, folder):
    """The file that a `File` parameter's value names, seen from `folder`.

    Returns
    -------
    value : str
        What to hand on to the notebook: an absolute path, or the name of a data set as it is.
    path : pathlib.Path
        Where it lies.
    """
    path = folder / Path(value).expanduser()
    if value and path.is_file():
        return str(path.resolve()), path.resolve()
    from sslib.datasets import locate

    try:
        located = Path(locate(value, folder))
    except (ValueError, OSError) as error:
        raise RequestError(f"{parameter.name}: {error}") from None
    if not located.is_file():
        raise RequestError(
            f"{parameter.name}: {value} is a folder; a file or the name of a data set goes here, or a pattern such as "
            f"'{value.rstrip('/')}/*' for all files in it"
        )
    return value, located


def locate_folder(parameter, value, folder):
    """The files of the series that a `Folder` parameter's value names, seen from `folder`.

    Returns
    -------
    value : str
        What to hand on to the notebook: an absolute path, or the name of a set as it is.
    paths : list of pathlib.Path
        The files that lie in it.
    """
    from sslib.datasets import locate_series

    try:
        paths = locate_series(value, folder)
    except (ValueError, OSError) as error:
        raise RequestError(f"{parameter.name}: {error}") from None
    path = folder / Path(value).expanduser()
    return (str(path.resolve()) if value and path.is_dir() else value), [found.resolve() for found in paths]


def nearest(name, known):
    """'; did you mean ...' for a name that is not among the known ones, or nothing."""
    matches = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""
