"""Chemical formulas: the charge and the mass of what is written."""

import re

VALENCE = {"Li": 1, "Na": 1, "Al": 3, "Y": 3, "La": 3, "Ti": 4, "Zr": 4, "Si": 4, "Ge": 4, "P": 5, "S": -2, "O": -2}
VALENCE |= {"Br": -1, "Cl": -1}
MASS = {"Li": 6.941, "O": 15.999, "Al": 26.982, "Co": 58.933, "Ni": 58.693}


def elements(formula):
    """How often each element stands in a formula; groups in brackets count as often as said behind them."""
    while inner := re.search(r"[(\[]([^()\[\]]*)[)\]]([\d.]*)", formula):
        times = float(inner[2] or 1)
        spread = "".join(f"{name}{count * times:.12f}" for name, count in elements(inner[1]).items())
        formula = formula[: inner.start()] + spread + formula[inner.end() :]
    found = {}
    for name, count in re.findall(r"([A-Z][a-z]?)([\d.]*)", formula):
        found[name] = found.get(name, 0.0) + float(count or 1)
    return found


def charge(formula):
    """Charge of a formula by the usual valences [e]."""
    return sum(VALENCE[name] * count for name, count in elements(formula).items())


def molar_mass(formula):
    """[g/mol]."""
    return sum(MASS[name] * count for name, count in elements(formula).items())
