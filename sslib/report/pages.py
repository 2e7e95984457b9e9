"""Pages from the templates of this package; what is put into them is escaped."""

from pathlib import Path
from urllib.parse import quote


def page(template, **values):
    """The HTML of a template with these values."""
    # Loaded when needed: the command line's help and lists start without it.
    from jinja2 import Environment, FileSystemLoader

    folder = Path(__file__).parent / "templates" / "sslib"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["address"] = quote
    return environment.get_template(template).render(**values)
