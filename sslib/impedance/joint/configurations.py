"""One electrode between different contacts: the circuits of its spectra, and whether they tell its rails apart."""

from sslib.impedance.cathodes import cathode_model


def configurations(measured, cathode, separator="none", larger="ion"):
    """Spectra of one electrode with their circuits, as `fit_joint` takes them.

    Parameters
    ----------
    measured : dict of Spectrum
        By their contacts: "ion-electron", "ion-ion", "electron-electron".
    cathode, separator, larger
        As for `cathode_model`. The separator lies in series wherever a contact is ionic.

    Returns
    -------
    spectra : dict
        By contacts the pair of circuit and spectrum.
    notes : list of str
        What reading left out, contacts that a file states otherwise, and that a truth is known.
    """
    if not measured:
        raise ValueError("no spectrum is given; one of ion-electron, ion-ion, electron-electron is needed")
    spectra, notes = {}, []
    for contacts, spectrum in measured.items():
        between = separator if "ion" in contacts else "none"
        spectra[contacts] = cathode_model(cathode, between, terminals=contacts, larger=larger), spectrum
        notes += [f"{contacts}: {note}" for note in spectrum.notes]
        stated = spectrum.header.get("terminals", contacts)
        if stated != contacts:
            notes.append(f"The file of the {contacts} spectrum states {stated} terminals.")
    if any(spectrum.truth for spectrum in measured.values()):
        notes.append("These spectra were generated, and their files state the true parameters.")
    return spectra, notes


def rails(result):
    """What a fit knows of the rails R_ion and R_el (str): "told apart", "exchangeable" or "not determined"."""
    if any("exchangeable" in verdict.kind for verdict in result.verdicts):
        return "exchangeable"
    undetermined = {name for v in result.verdicts if v.kind == "not determined" for name in v.parameters}
    return "not determined" if {"R_ion", "R_el"} & undetermined else "told apart"
