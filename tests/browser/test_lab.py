"""Every topic notebook in JupyterLab: it runs, its explorer answers to the keyboard, and nothing complains."""

import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sslib.report.catalogue import find_notebook
from tests.simulations import every

pytestmark = pytest.mark.browser

root = Path(__file__).parents[2]
notebooks = sorted((root / "notebooks").glob("*.ipynb"))
# Each runs in the runner, too: here by day the two that most people open and every other one, by night all.
shown = sorted({"cell_story", "tlm_fitting", *every(2, [path.stem for path in notebooks])})

# JupyterLab says these of itself, with any notebook and with none.
ITS_OWN = re.compile(r"favicon|service.?worker|preload|lumino|deprecat", re.IGNORECASE)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """The address of a JupyterLab server, its token, and its copy of the notebooks."""
    folder = tmp_path_factory.mktemp("lab")
    for path in notebooks:
        shutil.copy(path, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    settings = folder / "jupyter/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')  # cells out of sight are not drawn otherwise
    private = {name: str(folder / "jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    private["JUPYTER_RUNTIME_DIR"] = str(folder / "jupyter" / "runtime")
    environment = {**os.environ, **private, "PYTHONPATH": str(root), "JUPYTER_TOKEN": token}
    log = (folder / "server.log").open("w")
    options = {"ServerApp.port": port, "ServerApp.root_dir": folder}
    options |= {"LabApp.expose_app_in_browser": True}
    options |= {"LabApp.news_url": None, "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate"}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options_of_make(), "--no-browser", "--allow-root"]
        + [f"--{name}={value}" for name, value in options.items()],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api?token={token}", server)
        yield address, token, folder
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def options_of_make():
    """What `make lab` tells JupyterLab, but for the folder, which is a copy here."""
    said = subprocess.run(["make", "-n", "lab"], cwd=root, capture_output=True, text=True, check=True).stdout
    [line] = [line for line in said.splitlines() if "jupyter lab" in line]
    words = shlex.split(line)
    return [word for word in words[words.index("lab") + 1 :] if not word.startswith("--notebook-dir")]


def _wait_for(address, server):
    for _ in range(120):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise RuntimeError("JupyterLab did not start")


@pytest.fixture
def page(lab, chromium):
    """A page that remembers what its console complained of; the kernels that it started end with it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()
    address, token, _ = lab
    for session in ask(address, token, "/api/sessions"):
        ask(address, token, f"/api/sessions/{session['id']}", "DELETE")


def ask(address, token, path, method="GET"):
    request = urllib.request.Request(f"{address}{path}", method=method, headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")


def run_all_cells(page, lab, name):
    """Open a notebook and run it; the kinds of its outputs."""
    address, token, _ = lab
    page.goto(f"{address}/lab/tree/{name}.ipynb?token={token}&reset")
    idle = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    page.wait_for_function(idle, timeout=60_000)
    assert page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')"), "a cell failed"
    return page.evaluate(
        """() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(cell => cell.type === 'code').flatMap(
            cell => [...Array(cell.outputs.length).keys()].map(k => cell.outputs.get(k).toJSON()).map(
                output => output.output_type === 'stream' ? output.name : output.output_type))"""
    )


def test_the_server_is_for_this_machine_and_whoever_has_its_token(lab):
    """Who reaches a notebook server runs programs as its owner."""
    address, token, _ = lab
    with pytest.raises(urllib.error.HTTPError, match="403"):
        ask(address, "", "/api/sessions")
    assert ask(address, token, "/api/sessions") == []
    port = int(address.rsplit(":", 1)[1])
    # Another address of this machine, which a server bound to all of them would answer.
    with socket.socket() as elsewhere:
        elsewhere.settimeout(5)
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0


@pytest.mark.parametrize("name", shown)
def test_a_notebook_runs_and_its_explorer_answers_to_the_keyboard(name, lab, page):
    """Sliders that need a mouse, a picture that stays or a page that complains: none of it shows in a headless run."""
    kinds = run_all_cells(page, lab, name)
    assert not {"error", "stderr"} & set(kinds)
    panels = page.locator(".widget-vbox:has(img.widget-image)")
    panels.first.wait_for(timeout=30_000)
    for panel in panels.all():
        answers_to_the_keyboard(page, panel)
        can_be_typed(panel, name)
    assert [text for text in page.complaints if not ITS_OWN.search(text)] == []


def answers_to_the_keyboard(page, panel):
    image, status = panel.locator("img.widget-image"), panel.get_by_role("status")
    assert image.evaluate("image => image.complete && image.naturalWidth > 0")
    first = image.get_attribute("src"), status.inner_text()
    handle = panel.locator(".noUi-handle").first
    if not handle.count():
        return
    # The slider may stand at its end.
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    # JupyterLab draws an output anew when it is scrolled to, and what had the focus then has lost it: press again.
    for _ in range(3):
        handle.scroll_into_view_if_needed()
        handle.focus()
        for _ in range(20):
            page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        wait_until_still(page)
        if in_the_end(expect(status).not_to_have_text, first[1]):
            break
    expect(status, "the line of numbers follows").not_to_have_text(first[1], timeout=60_000)
    changed(page, image, first[0])
    expect(panel.get_by_role("alert")).to_have_count(0)
    for _ in range(3):
        panel.get_by_role("button", name="Reset").press("Enter")
        wait_until_still(page)
        if in_the_end(expect(status).to_have_text, first[1]):
            break
    expect(status).to_have_text(first[1], timeout=60_000)
    for buttons in panel.locator(".widget-toggle-buttons").all():
        other = buttons.locator("button:not(.mod-active)").first.inner_text()
        buttons.get_by_text(other, exact=True).press("Enter")
        expect(buttons.locator("button.mod-active")).to_have_text(other, timeout=60_000)
        expect(panel.get_by_role("alert")).to_have_count(0)


def changed(page, image, before):
    """Wait until another picture is there, whole."""
    answer = "([image, before]) => image.src !== before && image.complete && image.naturalWidth > 0"
    page.wait_for_function(answer, arg=[image.element_handle(), before], timeout=60_000)


def in_the_end(expectation, text):
    """Whether what is expected of a text comes true, as slowly as a busy machine does."""
    try:
        expectation(text, timeout=20_000)
    except AssertionError:
        return False
    return True


def wait_until_still(page):
    """Until the kernel has answered to every key."""
    kernel = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    page.evaluate(f"() => {kernel}.requestKernelInfo()")
    page.wait_for_timeout(300)
    page.evaluate(f"() => {kernel}.requestKernelInfo()")


def can_be_typed(panel, name):
    """The runner takes the command that the explorer states."""
    for field in panel.get_by_label("A report at these values").all():
        command, kind, notebook, *options = shlex.split(field.input_value())
        assert (command, kind, notebook) == ("sslib", "report", name)
        parameters = find_notebook(name).parameters
        assert set(options[::2]) == {"-p"}
        for option in options[1::2]:
            parameter, value = option.split("=", 1)
            parameters[parameter].read(value)


def test_a_file_is_chosen_by_name_or_sent_and_a_wrong_one_is_said_so(lab, page, tmp_path):
    """A file that cannot be read must not look like the last one that could."""
    _, _, folder = lab
    run_all_cells(page, lab, "tlm_fitting")
    panel = page.locator(".widget-vbox:has(img.widget-image):has(.widget-upload)")
    field = panel.get_by_role("combobox")
    image = panel.locator("img.widget-image")
    before = image.get_attribute("src")
    field.fill("composite_cathode_electron_electron")
    field.press("Enter")
    changed(page, image, before)
    (folder / "nonsense.csv").write_text("no, spectrum\n1, 2\n")
    field.fill("nonsense.csv")
    field.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("nonsense.csv")
    assert "Traceback" not in panel.inner_text()
    before = image.get_attribute("src")
    sent = tmp_path / "mine.csv"
    shutil.copy(root / "data/spectra/composite_cathode_ion_ion.csv", sent)
    with page.expect_file_chooser() as chosen:
        panel.get_by_role("button", name="Upload").press("Enter")
    chosen.value.set_files(sent)
    changed(page, image, before)
    expect(panel).to_contain_text("A file that was uploaded")
