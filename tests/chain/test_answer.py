"""The four sentences: each case has words of its own, and no number is said that does not hold."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sslib.chain import cell_outcome, delivered, first_changes, limited, survives, to_change
from sslib.impedance.budget import Share
from sslib.units import celsius, cm2, hour, mA_cm2

QUICK = {"draws": 20, "law_draws": 500}


def reading(limits="charge transfer", describes=True, reasons=()):
    parts = {"separator": 20.0, "charge transfer": 60.0, "storage": 10.0}
    return SimpleNamespace(
        limits=limits,
        limits_cell=limits,
        describes=describes,
        reasons=list(reasons),
        budget={part: Share(value, (value, value), 0.0) for part, value in parts.items()},
        spectrum=SimpleNamespace(frequency=np.array([1e5, 0.01])),
    )


def test_what_limits_is_said_of_the_spectrum_that_was_measured(make_use):
    """Area-specific, of the whole real part, and where another temperature is asked about, of which one."""
    said = limited(make_use(), reading(), 2 * cm2)
    assert said.startswith("Charge transfer is the largest resistance, 120 of 180 Ω cm² at 0.01 Hz; within")
    assert "measured" not in said
    assert "°C" not in said
    assert "0.01 Hz and 25 °C, where it was measured" in limited(make_use(T=celsius(60)), reading(), 1 * cm2)


def test_what_is_not_decided_or_not_described_is_said_so(make_use):
    """A part that nobody can name must not be named; one from a wrong model is a reading."""
    use = make_use()
    said = limited(use, reading("not decided", reasons=["R_ct is not determined"]), 1 * cm2)
    assert said == "What limits the cathode is not decided: R_ct is not determined."
    assert limited(use, reading(describes=False), 1 * cm2).endswith("a reading, for no model describes the spectrum to "
                                                                    "within its noise.")  # fmt: skip


def test_what_is_delivered_has_its_current_its_end_and_its_place(make_use):
    """An alloy's cell ends at its own voltage; the sentence has it against lithium, so that cells compare."""
    use = make_use()
    said = delivered(use, cell_outcome(use, **QUICK), 3, 10)
    assert said.startswith("At 2 mA/cm² (0.")
    assert "down to 2.8 V against lithium" in said
    assert "is number 3 of 10" in said
    alloy = make_use(anode="lithium-indium")
    assert "down to 3.42 V against lithium" in delivered(alloy, cell_outcome(alloy, **QUICK), 3, 10)


def test_a_cell_that_delivers_nothing_says_so(make_use):
    """Zeros with intervals would read like a measurement."""
    use = make_use(current_density=300 * mA_cm2)
    said = delivered(use, cell_outcome(use, **QUICK), 10, 10)
    assert said.endswith("it delivers nothing: its voltage is below 2.8 V against lithium in the first instant.")


def test_survival_names_the_way_and_what_the_criteria_are_worth(make_use):
    """A probability to three digits from criteria without skill would mislead."""
    use = make_use(current_density=0.5 * mA_cm2, time=100 * hour)
    outcome = cell_outcome(use, **QUICK)
    assert "most likely by voids on stripping; after ten times" in survives(use, outcome, True)
    assert "no better than the base rate" not in survives(use, outcome, True)
    assert survives(use, outcome, False).endswith("no better than the base rate.")
    alloy = make_use(anode="lithium-indium")
    said = survives(alloy, cell_outcome(alloy, **QUICK), False)
    assert said.endswith("no observed cell tests these criteria.")


def changes(*rows):
    names = ("quantity", "energy", "failure", "gain", "first")
    return pd.DataFrame.from_dict({row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}, orient="index")


@pytest.mark.parametrize(
    ("rows", "first", "words"),
    [
        (
            [
                ("temperature +10 K", "temperature", 0.005, -0.35, 9e4, 0.8),
                ("thickness −10 %", "thickness", 0.08, 0, 4e4, 0.2),
            ],
            ("temperature +10 K", "thickness −10 %"),
            "temperature +10 K (+0.5 % energy, −35 points of failure), the best of 2 in 80 % of the drawn cells; of "
            "the design itself, thickness −10 % (+8 % energy).",
        ),
        (
            [("thickness −10 %", "thickness", 0.08, 0, 4e4, 1.0)],
            ("thickness −10 %", "thickness −10 %"),
            "thickness −10 % (+8 % energy), the best of 1 in 100 % of the drawn cells.",
        ),
        (
            [("thickness −10 %", "thickness", 0.0, 0, 1.0, 1.0)],
            ("none of these changes by a tenth helps",) * 2,
            "No change by a tenth gains energy that survives.",
        ),
    ],
    ids=["condition and design", "design", "none"],
)
def test_the_first_change_is_one_that_helps(make_use, rows, first, words):
    """A change that gains a thousandth is no advice; a condition is no design."""
    outcome = cell_outcome(make_use(), **QUICK)
    assert first_changes(outcome, changes(*rows)) == first
    assert to_change(outcome, changes(*rows)).endswith(words)
