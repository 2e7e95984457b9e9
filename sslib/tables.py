"""The literature tables of ``data/`` as DataFrames, with their units and sources attached."""

import json
from difflib import get_close_matches
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"


@cache
def _resources():
    description = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in description["resources"]}


def table(name):
    """A literature table as a DataFrame.

    Parameters
    ----------
    name : str
        As in ``data/datapackage.json``.

    Returns
    -------
    pandas.DataFrame
        With the units by column in ``attrs["units"]``, the sources in ``attrs["sources"]`` and what is known of
        misprints in ``attrs["misprints"]``; indexed by the table's key where that is one column.

    Raises
    ------
    ValueError
        For a name that is not described; the nearest ones are named.

    Examples
    --------
    >>> table("pybamm_cells").loc["A_base", "thickness_m"]
    np.float64(7e-05)
    >>> table("pybamm_cells").attrs["units"]["thickness_m"]
    'm'
    """
    import pandas as pd

    resources = _resources()
    if name not in resources:
        near = get_close_matches(name, resources, n=3, cutoff=0) or list(resources)
        raise ValueError(f"there is no table {name!r}; the nearest are {', '.join(near)}")
    resource = resources[name]
    key = resource["schema"].get("primaryKey", [])
    frame = pd.read_csv(
        DATA / resource["path"],
        comment=resource.get("dialect", {}).get("commentChar"),
        index_col=key[0] if len(key) == 1 else None,
    )
    frame.attrs["units"] = {field["name"]: field.get("unit") for field in resource["schema"]["fields"]}
    frame.attrs["sources"] = [source["title"] for source in resource["sources"]]
    frame.attrs["misprints"] = resource["misprints"]
    return frame
