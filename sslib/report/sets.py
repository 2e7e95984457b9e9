"""Named parameter sets of notebooks, in a TOML file::

    [tlm_fitting]                    # holds for all sets of the notebook
    noise_percent = 0.5

    [tlm_fitting.tonight]            # a series: the run is called "tonight"
    spectrum = "tonight/*.mpr"       # relative paths start in the folder of this file
    area_cm2 = 0.785

    [tlm_fitting.pellet]
    spectrum = "pellet.txt"
    terminals = "ion-ion"

A parameter that may be None is set so by the text "None", as TOML has no word for it.
"""

import tomllib

from sslib.report.parameters import RequestError


def read_sets(path):
    """The sets of a file: {notebook: {set: {parameter: value as it would be typed}}}.

    Raises
    ------
    RequestError
        If the file is missing, no TOML, or holds something else than sets of plain values.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except OSError as error:
        raise RequestError(f"--set {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise RequestError(f"--set {path} is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        hint = "; in a path write / for \\, or put it between 'single quotes'" if "\\" in text else ""
        raise RequestError(f"--set {path} is no TOML: {error}{hint}") from None
    if not document:
        raise RequestError(f"--set {path} is empty; write the values of a set below [NOTEBOOK.SET]")
    return {notebook: _sets(path, notebook, table) for notebook, table in document.items()}


def _sets(path, notebook, table):
    if not isinstance(table, dict):
        raise RequestError(f"{path}: {notebook} belongs to no notebook; write it below [NOTEBOOK.SET]")
    sets = {name: values for name, values in table.items() if isinstance(values, dict)}
    common = {name: value for name, value in table.items() if name not in sets}
    if not sets:
        raise RequestError(f"{path}: [{notebook}] names no set; write its values below [{notebook}.SET]")
    if len({name.casefold() for name in sets}) < len(sets):
        raise RequestError(f"{path}: two sets of {notebook} differ in capitals alone, which not all systems tell apart")
    texts = {}
    for name, values in sets.items():
        for parameter, value in {**common, **values}.items():
            if not isinstance(value, str | int | float):
                raise RequestError(
                    f"{path}, set {name}: {parameter} is {value!r}; a text, a number, true or false goes here"
                )
            texts.setdefault(name, {})[parameter] = str(value)
        texts.setdefault(name, {})
    return texts
