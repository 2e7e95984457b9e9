"""Electrodes under pressure: contact that depends on depth, because the lithium content does."""

import numpy as np

from sslib.impedance.graded.layer import as_function, graded, integrals


def stressed(
    rails, shunts, contact, lithium_content, stack_pressure, *, electrolyte="ion", interface=("ion", "electron"),
    regions=24,
):  # fmt: skip
    """A layer whose contact and conductivity follow from the pressure and from the lithium content along its depth.

    Parameters
    ----------
    rails, shunts : dict
        As for `Region`; totals of a layer in full contact, of an electrolyte without necks.
    contact : sslib.mechanics.CompositeContact
        The laws: ``area(stack_pressure, lithium_content)`` and ``conductivity(stack_pressure)`` [1].
    lithium_content : callable, pair or array_like
        Of the particles [1] against the relative depth, as a profile of `graded`.
    stack_pressure : float
        [Pa].
    electrolyte : str
        The rail that has necks.
    interface : tuple of str
        The shunt whose area is that of the contact.
    regions : int

    Returns
    -------
    Layer

    Notes
    -----
    What touches is taken as joined over its whole circuit: double layer, charge transfer and diffusion all go with the
    area, as where particles lie idle; a particle that keeps one spot of contact charges through that, and then its
    diffusion does not fall with the area.

    Examples
    --------
    >>> from sslib.impedance import C, Network, R
    >>> from sslib.mechanics import CompositeContact
    >>> law = CompositeContact(closing_pressure=60e6, radius=2.5e-6, expansion=0.06, roughness=25e-9)
    >>> pair = ("ion", "electron")
    >>> rails = {"ion": None, "electron": R("R_el")}
    >>> layer = stressed(rails, {pair: R("R_ct")}, law, ([0, 1], [0.2, 0.5]), 40e6)
    >>> electrode = Network(layer.regions, ("ion", 0), ("electron", len(layer.regions)))
    >>> z = electrode.impedance([1.0], R_ct=80.0, R_el=1e-9)[0].real
    >>> round(80 / float(z), 3), round(mean_area(law, ([0, 1], [0.2, 0.5]), 40e6), 3)
    (0.468, 0.468)
    """
    profiles = {interface: _area(contact, lithium_content, stack_pressure)}
    if rails[electrolyte] is not None:
        conductivity = float(contact.conductivity(stack_pressure))
        profiles[electrolyte] = lambda depth: np.full(np.shape(depth), conductivity)
    return graded(rails, shunts, profiles, regions=regions, totals=False)


def mean_area(contact, lithium_content, stack_pressure):
    """Share of the whole electrode's interface that touches [1].

    Parameters
    ----------
    contact, lithium_content, stack_pressure
        As for `stressed`.
    """
    # In 64 parts: contact may close within a small part of the depth.
    return float(integrals(_area(contact, lithium_content, stack_pressure), np.linspace(0, 1, 65)).sum())


def _area(contact, lithium_content, stack_pressure):
    content, corners = as_function(lithium_content)
    return lambda depth: contact.area(stack_pressure, content(depth)), corners
