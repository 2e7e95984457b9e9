"""Pellets taken apart into their arcs: what is found, assigned, left out, and of what size the pellet is."""

from dataclasses import replace

import numpy as np
import pytest

from sslib import datasets
from sslib.impedance import CPE, C, R
from sslib.impedance.pellet import (
    BOUNDARY,
    BULK,
    ELECTRODE,
    MATERIAL,
    TOTAL,
    apex_frequency,
    assigned,
    conduction,
    effective_capacitance,
    fit_pellet,
    pellet_model,
    pellet_size,
    read_temperature_series,
    temperature_in_name,
    total_with_electrode_arc,
)
from sslib.instruments import Spectrum
from sslib.units import S_cm, celsius, cm, cm2, mm


def test_effective_capacitance_has_the_apex_of_the_arc():
    """The capacitor that replaces the constant-phase element must have its largest loss at the same frequency."""
    resistance, coefficient, exponent = 5e4, 2e-10, 0.82
    capacitance = effective_capacitance(resistance, coefficient, exponent)
    frequency = np.geomspace(1e2, 1e8, 200001)
    arc = (R("R") | CPE("Q", "alpha")).impedance(frequency, R=resistance, Q=coefficient, alpha=exponent)
    apex = apex_frequency(resistance, coefficient, exponent)
    assert frequency[np.argmin(arc.imag)] == pytest.approx(apex, rel=1e-3)
    assert 1 / (2 * np.pi * resistance * capacitance) == pytest.approx(apex)
    assert effective_capacitance(10.0, 1e-6, 1.0) == pytest.approx(1e-6)


def test_arcs_are_assigned_by_capacitance_per_geometry():
    """The same 10 pF are a bulk in a wide thin pellet and boundaries in a narrow thick one."""
    assert assigned(1e-12, 1 / cm) == BULK
    assert assigned(1e-10, 1 / cm) == BOUNDARY
    assert assigned(1e-7, 1 / cm) == ELECTRODE
    assert assigned(1e-11, 0.1 / cm) == BULK
    assert assigned(1e-11, 1 / cm) == BOUNDARY


def pellet(bulk, boundary=(1e5, 1e-10), top=1e6, noise=0.004, seed=1):
    """A spectrum of a bulk and boundaries (each R [ohm], C [F]) before a blocking electrode."""
    model = (R("R_1") | C("C_1")) + (R("R_2") | C("C_2")) + CPE("Q", "a")
    frequency = np.geomspace(top, 0.1, 50)
    values = {"R_1": bulk[0], "C_1": bulk[1], "R_2": boundary[0], "C_2": boundary[1], "Q": 2e-6, "a": 0.85}
    exact = model.impedance(frequency, **values)
    scatter = np.random.default_rng(seed).standard_normal((2, 50)).T @ [1, 1j]
    return Spectrum(frequency, exact + noise * abs(exact) * scatter, temperature=300.0)


def test_a_bulk_beyond_the_window_is_not_invented():
    """An arc at 500 times the highest frequency leaves a resistance, which no capacitance calls a bulk."""
    fitted = fit_pellet(pellet((3e4, 1e-14)), 1 / cm, noise=0.004)
    assert fitted.arc(BULK) is None
    assert fitted.sample == "resistor and arc" or fitted.rivals
    value, (low, high) = fitted.total
    assert low < 1.3e5 < high
    assert value == pytest.approx(1.3e5, rel=0.01)
    assert fitted.notes


def test_a_bulk_inside_the_window_is_found_and_parted():
    fitted = fit_pellet(pellet((3e4, 2e-12), boundary=(1e5, 5e-11)), 1 / cm, noise=0.004)
    for part, resistance in ((BULK, 3e4), (BOUNDARY, 1e5)):
        low, high = fitted.arc(part).interval
        assert low < resistance < high
    value, (low, high) = fitted.specific
    assert low < 2e-12 / 5e-11 / 1e5 < high
    table = conduction([fitted], 1 * cm, 1 * cm2).set_index("part")
    assert list(table.index) == [TOTAL, BULK, BOUNDARY, MATERIAL]
    assert table.loc[BULK, "conductivity"] / S_cm == pytest.approx(1 / 3e4, rel=0.02)
    assert table.loc[MATERIAL, "conductivity"] / S_cm == pytest.approx(value, rel=1e-9)


def test_a_total_that_the_window_does_not_reach_is_left_out():
    """Boundaries slower than the lowest frequency leave the total open: its value would be wherever the fit stopped."""
    slow = pellet((3e4, 2e-12), boundary=(1e10, 5e-11)).window(1e3)
    fitted = fit_pellet(slow, 1 / cm, sample="two arcs", electrode="none", noise=0.004)
    assert None in fitted.total[1]
    assert any("total resistance is open" in note for note in fitted.notes)
    assert TOTAL not in set(conduction([fitted], 1 * cm, 1 * cm2)["part"])


def test_an_arc_of_the_electrode_is_no_part_of_the_total():
    """An interface's arc counted as boundary would double a resistance and bend the Arrhenius line."""
    model = pellet_model("arc", "arc and tail")
    frequency = np.geomspace(1e6, 0.01, 60)
    values = {"R_1": 2e4, "Q_1": 5e-11, "alpha_1": 0.95, "R_2": 8e3, "Q_2": 2e-6, "alpha_2": 0.9}
    exact = model.impedance(frequency, **values, Q_tail=5e-5, alpha_tail=0.8)
    scatter = np.random.default_rng(3).standard_normal((2, 60)).T @ [1, 1j]
    spectrum = Spectrum(frequency, exact + 0.003 * abs(exact) * scatter, temperature=300.0)
    fitted = fit_pellet(spectrum, 1 / cm, sample="arc", electrode="arc and tail")
    assert fitted.total[0] == pytest.approx(2e4, rel=0.02)
    plain = fit_pellet(spectrum, 1 / cm, sample="arc")
    resistance, gain = total_with_electrode_arc(plain, spectrum, 1 / cm)
    assert resistance == pytest.approx(2e4, rel=0.02)
    assert gain > 10


@pytest.mark.parametrize(
    ("name", "degrees"),
    [
        ("s04147-140deg.txt", 140),
        ("PEIS_LPSCl_IonBlocking_-25C.mpr", -25),
        ("pellet_-20C.csv", -20),
        ("cell 60 °C.csv", 60),
        ("a_300K.z", 300 - 273.15),
        ("a_25C_to_60C.csv", None),
        ("LICENSE", None),
        ("x12Cu.txt", None),
    ],
)
def test_temperature_in_a_file_name(name, degrees):
    """A hyphen that parts words taken for a minus would put a pellet at -140 °C."""
    expected = None if degrees is None else pytest.approx(celsius(degrees))
    assert temperature_in_name(name) == expected


def test_what_is_no_spectrum_or_has_no_temperature_is_listed(tmp_path):
    """A file dropped in silence is a temperature that nobody misses."""
    table = "freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm\n" + "".join(f"{10**k},{100 - k},{-k - 1}\n" for k in range(6))
    (tmp_path / "p-9deg.csv").write_text(table)
    (tmp_path / "p-60deg.csv").write_text(table)
    (tmp_path / "other.csv").write_text(table)
    (tmp_path / "readme.txt").write_text("about this pellet\n")
    spectra, left_out, from_names = read_temperature_series(datasets.locate_series(tmp_path))
    assert [spectrum.temperature for spectrum in spectra] == pytest.approx([celsius(9), celsius(60)])
    assert [name for name, _ in left_out] == ["other.csv", "readme.txt"]
    assert from_names == ["p-9deg.csv", "p-60deg.csv"]


def test_a_series_is_a_folder_a_public_set_or_a_generated_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no folder 'pellet_serie' .*the nearest names are pellet_series"):
        datasets.locate_series("pellet_serie")
    with pytest.raises(ValueError, match="holds no files"):
        datasets.locate_series(tmp_path)
    for name in ("p_10.csv", "p_9.csv", ".hidden"):
        (tmp_path / name).write_text("x")
    assert [file.name for file in datasets.locate_series(tmp_path)] == ["p_9.csv", "p_10.csv"]
    with pytest.raises(ValueError, match="is a file"):
        datasets.locate_series("p_9.csv")
    assert len(datasets.locate_series("pellet_series")) == 7


def test_the_size_is_what_is_given_then_what_files_state_then_what_the_measurers_state():
    """A size from the wrong place shifts every conductivity by a factor."""
    plain = Spectrum([1.0, 2.0], [1 - 1j, 1 - 2j], temperature=300.0)
    stated = replace(plain, area=2e-4, header={"thickness_mm": "1.5"})
    assert pellet_size([plain], "somewhere")[:2] == (None, None)
    assert pellet_size([stated], "somewhere")[:2] == pytest.approx((2e-4, 1.5e-3))
    assert pellet_size([stated], "somewhere", 1e-4, 1 * mm)[:2] == (1e-4, 1e-3)
    area, thickness, note = pellet_size([plain], "pellet_temperature_series")
    assert (area, thickness) == pytest.approx((np.pi * 0.4**2 * 1e-4, 2.1e-3))
    assert "measurers" in note
    with pytest.raises(ValueError, match="different values of the area"):
        pellet_size([stated, replace(stated, area=1e-4)], "somewhere")
