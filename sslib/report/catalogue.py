"""The notebooks there are: where they lie, what they ask, and what their parameters are."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from sslib.report.parameters import RequestError, nearest, parse_parameters


@dataclass(frozen=True)
class Notebook:
    """What is known of a notebook before it runs."""

    path: Path
    title: str
    question: str
    parameters: dict

    @property
    def name(self):
        return self.path.stem


def topic_notebooks():
    """Paths of the topic notebooks, by name: those beside the library, or of the current folder without it."""
    for root in (Path(__file__).parents[2], Path.cwd()):
        paths = sorted((root / "notebooks").glob("*.ipynb"))
        if paths:
            return {path.stem: path for path in paths}
    return {}


def find_notebook(name):
    """The notebook of a name, or of a path to an .ipynb file."""
    path = Path(name).expanduser()
    if path.suffix == ".ipynb" and path.is_file():
        return read_notebook(path.resolve())
    known = topic_notebooks()
    if name.removesuffix(".ipynb") in known:
        return read_notebook(known[name.removesuffix(".ipynb")])
    there_are = f"; there are: {', '.join(known)}" if known else "; and there are no topic notebooks here"
    raise RequestError(f"no notebook {name!r}{nearest(path.stem, known) or there_are}")


def read_notebook(path):
    """Title, question and parameters of a notebook file."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = [(cell["cell_type"], cell.get("metadata", {}), "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RequestError(f"{path} is no notebook of format 4") from None
    parameters = {}
    for kind, metadata, source in sources:
        if kind == "code" and "parameters" in metadata.get("tags", []):
            try:
                parameters = parse_parameters(source)
            except RequestError as error:
                raise RequestError(f"{path.name}: {error}") from None
            break
    title, question = _heading([source for kind, _, source in sources if kind == "markdown"])
    return Notebook(path, title or path.stem, question, parameters)


def _heading(markdown_sources):
    """The first heading of the first rank, and the paragraph after it, as plain text."""
    for source in markdown_sources:
        found = re.search(r"^#[ \t]+(?P<title>.+?)\s*$(?P<rest>.*)", source, re.MULTILINE | re.DOTALL)
        if found:
            paragraph = re.match(r"\s*(?P<text>[^#\s].*?)(?:\n\s*\n|\Z)", found["rest"], re.DOTALL)
            return _plain(found["title"]), _plain(paragraph["text"]) if paragraph else ""
    return "", ""


def _plain(markdown):
    """Markdown without its most common marks, in one line."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"\s+", " ", re.sub(r"\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", text)).strip()
