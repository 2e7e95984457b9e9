"""An executed notebook as one HTML file that needs nothing else: no network, no script, equations as MathML."""

import base64
import re
from html import escape
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathInlineParser

templates = Path(__file__).parent / "templates"


class _Inline(MathInlineParser):
    """Dollars enclose an equation as in Pandoc: no space inside them, no digit after; so prices are left alone."""

    SPECIFICATION: ClassVar = {
        **MathInlineParser.SPECIFICATION,
        "inline_math_tex": r"(?<![$\\])\$(?=\S)(?P<math_inline_tex>[^$]+?)(?<=\S)(?<!\\)\$(?![\d$])",
    }


class _Renderer(IPythonRenderer):
    """Markdown with equations as MathML and tables that scroll inside themselves."""

    def inline_math(self, body):
        return mathml(body, "inline")

    def block_math(self, body):
        return _equation(body)

    def latex_environment(self, name, body):
        return _equation(f"\\begin{{{name}}}{body}\\end{{{name}}}")


class _Exporter(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source):
        """The author's text: HTML in it is meant."""
        folder = context["resources"].get("metadata", {}).get("path", "")
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = _Renderer(
            escape=False, embed_images=True, path=folder, attachments=attachments, exclude_anchor_links=True
        )
        return _markdown(source, renderer)

    def default_filters(self):
        yield from super().default_filters()
        yield "printed_markdown", _printed_markdown
        yield "printed_latex", _printed_latex


def notebook_page(notebook, record, folder):
    """The report of an executed notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        With its outputs.
    record : dict
        The run's record, as in ``run.json``.
    folder : pathlib.Path
        Where pictures lie that the text refers to.
    """
    exporter = _Exporter(
        template_name="sslib", template_file="report.html.j2", extra_template_basedirs=[str(templates)]
    )
    first = notebook.cells[0] if notebook.cells else None
    titled = first is not None and first.cell_type == "markdown" and first.source.lstrip().startswith("# ")
    resources = {
        "record": record,
        "summary": _summary(notebook),
        "titled": titled,
        "metadata": {"path": str(folder)},
    }
    page, _ = exporter.from_notebook_node(notebook, resources)
    return page


def first_picture(notebook):
    """The first PNG among a notebook's outputs, {"png": bytes, "alt": str}, or None."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            png = output.get("data", {}).get("image/png")
            if png:
                alt = output.metadata.get("image/png", {}).get("alt", "")
                return {"png": base64.b64decode(png), "alt": alt}
    return None


def thumbnail(png, width=320):
    """A small PNG [bytes] of a PNG [bytes]."""
    from PIL import Image

    with Image.open(BytesIO(png)) as image:
        small = image.convert("RGB")
        small.thumbnail((width, 2 * width))
        buffer = BytesIO()
        small.quantize(64).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def mathml(latex, display):
    """MathML of an equation; what cannot be converted is shown as it was written."""
    try:
        return convert(latex.strip(), display=display)
    except Exception:  # the converter raises whatever its parser trips over
        return f"<code>{escape(latex)}</code>"


def _equation(latex):
    return f'<span class="equation">{mathml(latex, "block")}</span>\n'


def _markdown(source, renderer):
    page = MarkdownWithMath(renderer=renderer, inline=_Inline(hard_wrap=False)).render(source)
    return page.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")


def _printed_markdown(source):
    """Markdown that a cell displayed: it may hold text from a file, so HTML in it is text."""
    return _markdown(source, _Renderer(escape=True, exclude_anchor_links=True))


def _printed_latex(source):
    text = source.strip()
    for opening, closing in (("$$", "$$"), ("$", "$"), (r"\[", r"\]"), (r"\(", r"\)")):
        if len(text) > len(opening + closing) and text.startswith(opening) and text.endswith(closing):
            text = text[len(opening) : -len(closing)]
            break
    return _equation(re.sub(r"^\\displaystyle\b", "", text))


def _summary(notebook):
    """The table of results that the notebook shows at its end, for the top of the report."""
    tables = [
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("metadata", {}).get("sslib", {}).get("role") == "results"
    ]
    return tables[-1] if tables else ""
