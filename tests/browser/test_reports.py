"""Every report as a file in a browser without a network, at the width of a desk's screen and of a phone's."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from sslib.report.__main__ import main

pytestmark = pytest.mark.browser

notebooks = {path.stem: path for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))}
every_report = pytest.mark.parametrize("name", notebooks)


@every_report
def test_a_report_reads_without_a_network_on_any_screen(name, default_run, chromium):
    """A report goes by mail to someone on a train: what it would fetch, cut off or leave unsaid is lost."""
    address = (default_run(name) / "report.html").as_uri()
    for width in (1280, 400):
        context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
        page = context.new_page()
        requests, complaints = [], []
        page.on("request", lambda request, seen=requests: seen.append(request.url))
        page.on("console", lambda said, seen=complaints: seen.append(said.text))
        page.on("pageerror", lambda error, seen=complaints: seen.append(str(error)))
        page.goto(address)
        assert [url for url in requests if url != address and not url.startswith("data:")] == []
        assert complaints == []
        check_images(page)
        check_equations(page, name)
        check_headings(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"scrolls at {width} px"
        context.close()


@every_report
def test_a_report_is_whole_and_legible_on_paper(name, default_run, chromium):
    """What runs over the edge of a sheet is gone, and a meeting does not read with a magnifying glass."""
    page = chromium.new_page(viewport={"width": 718, "height": 1043})  # A4 without its margins
    page.emulate_media(media="print")
    page.goto((default_run(name) / "report.html").as_uri())
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 718
    assert page.evaluate(SMALLEST_TEXT) >= 7.5 - 1e-6
    shown = page.evaluate("() => [...document.images].map(image => [image.width, Number(image.getAttribute('width'))])")
    for printed, pixels in shown:
        assert printed / 96 >= 0.75 * pixels / 100  # a picture's hundred pixels are an inch of its figure
    page.close()


SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll("body *")]
    .filter(e => e.checkVisibility() && !e.closest("math"))
    .filter(e => [...e.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .map(e => parseFloat(getComputedStyle(e).fontSize) * 72 / 96))"""


@pytest.fixture(scope="module")
def story_of_a_measurement(measured, tmp_path_factory):
    """The folder of a run of cell_story over a measured two-electrode spectrum, of which more is to be said."""
    out = tmp_path_factory.mktemp("story")
    stated = {
        "spectrum": measured / "lpscl_cells" / "PEIS_SSB.mpr",
        "area_cm2": 0.785,
        "cathode_thickness_um": 80,
        "separator_thickness_um": 700,
    }
    given = [word for name, value in stated.items() for word in ("-p", f"{name}={value}")]
    assert main(["report", "cell_story", *given, "--name", "measured", "--out", str(out)]) == 0
    return out / "cell_story" / "measured"


def test_the_story_of_a_cell_fits_where_it_is_read(default_run, chromium):
    """One cell, one page: a third sheet stays in the printer, and an answer below the fold is not read."""
    check_story(chromium, default_run("cell_story"))


def test_the_story_of_a_measured_cell_fits_where_it_is_read(story_of_a_measurement, chromium):
    """A spectrum that leaves much open brings more notes, and must not push the answer or a figure off the page."""
    check_story(chromium, story_of_a_measurement)


def check_story(chromium, folder):
    """Its answer on the first screen of a desk and of a phone, the whole of it on two sheets of A4."""
    page = chromium.new_page()
    page.goto((folder / "report.html").as_uri())
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 800})
        answer = page.locator(".answer")
        assert answer.locator("p").count() == 4
        box = answer.bounding_box()
        assert box["y"] + box["height"] <= 800, f"below the first screen at {width} px"
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"scrolls at {width} px"
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    page.close()


def check_images(page):
    images = page.evaluate(
        "() => [...document.images].map(image => [image.complete, image.naturalWidth, image.width, image.alt.trim()])"
    )
    assert images
    for complete, natural, shown, alt in images:
        assert complete
        assert natural > 0
        assert shown > 0
        assert alt


def check_equations(page, name):
    """Equations are boxes with something in them, where the notebook has any; no source of one is left in the text."""
    boxes = page.evaluate("() => [...document.querySelectorAll('math')].map(e => e.getBoundingClientRect().toJSON())")
    cells = json.loads(notebooks[name].read_text(encoding="utf-8"))["cells"]
    assert bool(boxes) == any("$" in "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert all(box["width"] > 3 and box["height"] > 3 for box in boxes)
    text = page.evaluate(
        "() => [...document.querySelectorAll('section.text')].map(section => section.innerText).join(' ')"
    )
    assert "\\frac" not in text
    assert "$$" not in text


def check_headings(page):
    """One title, and no level left out: a screen reader's list of headings is the table of contents."""
    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(e => Number(e.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
