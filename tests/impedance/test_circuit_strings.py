"""Circuits from and to the strings of impedance.py: the same impedance at the same numbers, or an error."""

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sslib.impedance import (
    CPE,
    C,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    L,
    R,
    SphericalDiffusion,
    TransmissionLine,
    Warburg,
)
from sslib.impedance.strings import CircuitString, circuit_from_string, circuit_to_string

FREQUENCY = np.logspace(-3, 6, 40)
S = 2j * np.pi * FREQUENCY
REASON = "needs impedance.py: make test-extras has it"

# Each element as the documentation of impedance.py writes it, with numbers at which nothing is one or vanishes.
DOCUMENTED = {
    "R": (lambda R: R + 0 * S, [20.0]),
    "C": (lambda C: 1 / (C * S), [3e-5]),
    "L": (lambda L: L * S, [2e-6]),
    "W": (lambda A: A * (1 - 1j) / np.sqrt(2 * np.pi * FREQUENCY), [7.0]),
    "Wo": (lambda Z0, tau: Z0 / np.sqrt(S * tau) / np.tanh(np.sqrt(S * tau)), [30.0, 5.0]),
    "Ws": (lambda Z0, tau: Z0 / np.sqrt(S * tau) * np.tanh(np.sqrt(S * tau)), [30.0, 5.0]),
    "CPE": (lambda Q, alpha: 1 / (Q * S**alpha), [2e-4, 0.83]),
    "G": (lambda R, t: R / np.sqrt(1 + S * t), [40.0, 0.3]),
    "Gs": (lambda R, t, phi: R / (np.sqrt(1 + S * t) * np.tanh(phi * np.sqrt(1 + S * t))), [40.0, 0.3, 1.7]),
    "K": (lambda R, tau: R / (1 + S * tau), [55.0, 0.02]),
    "Zarc": (lambda R, tau, gamma: R / (1 + (S * tau) ** gamma), [55.0, 0.02, 0.77]),
    "TLMQ": (
        lambda R, Q, gamma: np.sqrt(R / (Q * S**gamma)) / np.tanh(np.sqrt(R * Q * S**gamma)),
        [60.0, 1e-3, 0.91],
    ),
}


@pytest.mark.parametrize("symbol", DOCUMENTED)
def test_an_element_is_what_impedance_py_documents(symbol):
    """Another unit or order of parameters would change what a fit of one program says in the other."""
    formula, numbers = DOCUMENTED[symbol]
    text = CircuitString(f"{symbol}1")
    assert_allclose(text.circuit.impedance(FREQUENCY, **text.to_values(numbers)), formula(*numbers), rtol=1e-9)
    assert_allclose(text.to_parameters(text.to_values(numbers)), numbers, rtol=1e-12)


TEXTS = [
    "R0-p(R1,CPE1)-W1",
    "R0-p(R1-Wo1,CPE1)-TLMQ2",
    "L0-R0-p(R1,C1)-p(R2-Ws1,CPE2)-G1-Gs1",
    "p(R1-p(R2-p(R3,C3),C2),p(L1,R4)-Zarc1,K1)",
    "p(R0,C0)",
    "p(R_1,CPE_1)-p(R_2,C_2)",
    " R0 - p( R1 , p(C1 , L1 ) - R2 ) ",
    *(f"{symbol}0" for symbol in DOCUMENTED),
]


def numbers_for(text, rng):
    """Random numbers for a string, in the order of impedance.py."""
    exponents = {"CPE_1", "Zarc_2", "TLMQ_2"}
    kinds = ["".join(letter for letter in name.split("_")[0] if letter.isalpha()) for name in text.names]
    tails = [name.rpartition("_")[2] for name in text.names]
    return [
        rng.uniform(0.4, 1) if f"{kind}_{tail}" in exponents else 10 ** rng.uniform(-3, 3)
        for kind, tail in zip(kinds, tails, strict=True)
    ]


def peer(text, numbers):
    """What impedance.py computes."""
    circuits = pytest.importorskip("impedance.models.circuits", reason=REASON)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return circuits.CustomCircuit(text, initial_guess=numbers).predict(FREQUENCY)


@pytest.mark.extras
@pytest.mark.parametrize("text", TEXTS)
def test_impedance_py_computes_the_same_and_calls_the_parameters_the_same(text):
    """At random numbers, each in a place of its own: a shift by one in the list would show."""
    circuits = pytest.importorskip("impedance.models.circuits", reason=REASON)
    rng = np.random.default_rng(7)
    read = CircuitString(text)
    for _ in range(5):
        numbers = numbers_for(read, rng)
        ours = read.circuit.impedance(FREQUENCY, **read.to_values(numbers))
        assert_allclose(ours, peer(text, numbers), rtol=1e-9)
        written = circuit_to_string(read.circuit)
        assert_allclose(ours, peer(written, written.to_parameters(read.to_values(numbers))), rtol=1e-9)
    assert tuple(circuits.CustomCircuit(text, initial_guess=numbers).get_param_names()[0]) == read.names


@pytest.mark.extras
def test_impedance_py_has_no_other_elements_than_those_decided_on():
    """An element that a new version brings is to be looked at."""
    elements = pytest.importorskip("impedance.models.circuits.elements", reason=REASON)
    assert set(elements.circuit_elements) - {"s", "p", "La", "T"} - set(vars(np)) == set(DOCUMENTED)


def test_the_porous_electrode_of_paasch_lacks_the_rails_in_parallel():
    """Why the element T is refused: it is a line less a resistance, which no circuit of positive parts is."""
    a, b, r, c = 60.0, 25.0, 300.0, 1e-3
    q = (a + b) * (1 / r + S * c)
    beta = np.sqrt(q)
    first, second = (a * a + b * b) / (a + b), 2 * a * b / (a + b)
    paasch = first / (beta * np.tanh(beta)) + second / (beta * np.sinh(beta))
    line = TransmissionLine(ion=R("a"), electron=R("b"), interface=R("r") | C("c"))
    assert_allclose(line.impedance(FREQUENCY, a=a, b=b, r=r, c=c) - a * b / (a + b), paasch, rtol=1e-9)


NAMES = st.integers(0, 10**6).map(lambda number: f"x{number}")
KINDS = [
    R,
    C,
    L,
    CPE,
    Warburg,
    FiniteLengthWarburg,
    FiniteSpaceWarburg,
    Gerischer,
    lambda r, q, alpha: TransmissionLine(ion=R(r), interface=CPE(q, alpha)),
    lambda r, c: TransmissionLine(electron=R(r), interface=C(c), terminals="same-face"),
    lambda a, r, c: TransmissionLine(ion=R(a), interface=R(r) | C(c)),
    lambda a, c, r: TransmissionLine(ion=R(a), interface=C(c) | R(r)),
]
COUNTS = [1, 1, 1, 2, 1, 2, 2, 2, 3, 2, 3, 3]


@st.composite
def circuits(draw):
    """A random tree; some of its parameters are called as impedance.py calls them."""
    shapes = draw(
        st.recursive(
            st.sampled_from(range(len(KINDS))),
            lambda inner: st.tuples(st.sampled_from("+|"), st.lists(inner, min_size=2, max_size=4)),
            max_leaves=10,
        )
    )
    known, number = draw(st.booleans()), iter(range(1000))

    def build(shape):
        if isinstance(shape, tuple):
            first, *others = map(build, shape[1])
            for other in others:
                first = first + other if shape[0] == "+" else first | other
            return first
        n = next(number)
        single = {0: "R", 1: "C", 2: "L", 4: "W"}
        if known and n % 3 and shape in single:
            return KINDS[shape](f"{single[shape]}{n}")
        return KINDS[shape](*(f"x{n}_{k}" for k in range(COUNTS[shape])))

    return build(shapes)


@settings(max_examples=300, deadline=None)
@given(circuits(), st.integers(0, 2**32 - 1))
def test_a_circuit_comes_back_from_its_string_with_the_same_impedance(circuit, seed):
    """A branch or a number at another place would be another circuit under the same string."""
    rng = np.random.default_rng(seed)
    values = {
        parameter.name: 10 ** rng.uniform(-3, 3) if parameter.quantity.logarithmic else rng.uniform(0.4, 1)
        for parameter in circuit.parameters
    }
    text = circuit_to_string(circuit)
    back = CircuitString(text)
    numbers = text.to_parameters(values)
    assert back.names == text.names
    assert len(set(text.names)) == len(text.names)
    assert text.to_values(numbers) == pytest.approx(values, rel=1e-12)
    assert_allclose(
        back.circuit.impedance(FREQUENCY, **back.to_values(numbers)),
        circuit.impedance(FREQUENCY, **values),
        rtol=1e-9,
    )
    assert circuit_to_string(back.circuit) == text


@pytest.mark.extras
@settings(max_examples=100, deadline=None)
@given(circuits(), st.integers(0, 2**32 - 1))
def test_impedance_py_computes_the_same_for_any_tree(circuit, seed):
    """A nesting that the two read in different ways would give another impedance."""
    pytest.importorskip("impedance.models.circuits", reason=REASON)
    rng = np.random.default_rng(seed)
    text = circuit_to_string(circuit)
    numbers = numbers_for(text, rng)
    with np.errstate(all="ignore"):
        assert_allclose(circuit.impedance(FREQUENCY, **text.to_values(numbers)), peer(text, numbers), rtol=1e-9)


def test_names_of_impedance_py_are_kept_and_others_numbered_around_them():
    """A string that is read and written again must not shift the numbers of a table that somebody keeps."""
    assert circuit_to_string(circuit_from_string("R5-p(R2,CPE_7)")) == "R5-p(R2,CPE_7)"
    circuit = R("R_sep") + (R("R0") | CPE("Q", "alpha")) + CPE("CPE0_1", "CPE0_0") + R("R_ct")
    assert circuit_to_string(circuit) == "R1-p(R0,CPE0)-CPE1-R2"


def test_arcs_by_their_time_constant_become_two_elements():
    """They would be lost, for here they are a resistor and what is parallel to it."""
    assert circuit_to_string(circuit_from_string("R0-Zarc1-K1")) == "R0-p(R1,CPE0)-p(R2,C0)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "character 1, at the end: expected an element such as CPE1"),
        ("R0-", "character 4, at the end: expected an element"),
        ("R0--R1", "character 4, at '-R1': expected an element"),
        ("-R0", "character 1, at '-R0': expected an element"),
        ("R0R1", "character 3, at 'R1': expected '-' or the end"),
        ("R0,R1", "character 3, at ',R1': expected '-' or the end"),
        ("R0-p(R1)", r"character 4, at 'p\(R1\)': expected two branches or more"),
        ("R0-p(R1,C1", r"character 11, at the end: expected '-', ',' or the '\)' of the 'p\(' at character 4"),
        ("p(R1,C1))", r"character 9, at '\)': expected '-' or the end"),
        ("p(R1,)", r"character 6, at '\)': expected an element"),
        ("p(R1;C1)", r"character 5, at ';C1\)': expected '-', ','"),
        ("R0-R", "character 4, at 'R': R has no number; expected R0, R1"),
        ("R0-C1-R0", "character 7, at 'R0': R0 stands twice"),
        (
            "R0-La1",
            r"character 4, at 'La1': La has no counterpart here \(.*\); known are R, C, L, W, Wo, Ws, CPE, G, TLMQ",
        ),
        ("T1", "T has no counterpart here"),
        ("R0-Xy1", "character 4, at 'Xy1': Xy has no counterpart here; known are"),
        ("s(R0,R1)", "s has no counterpart"),
        ("".join(f"p(R{k}," for k in range(200)), "at most 100 parallels"),
    ],
)
def test_a_string_that_is_none_is_refused_with_the_position(text, message):
    """A typing error would be read as another circuit, or end in an error without its place."""
    with pytest.raises(ValueError, match=message):
        circuit_from_string(text)


@given(st.text("RCLWosGTMQKZarcPEp(),- _0123", max_size=30))
def test_any_string_is_a_circuit_or_a_value_error(text):
    """A string would end in an error that says nothing about it."""
    try:
        read = CircuitString(text)
    except ValueError as error:
        assert "character" in str(error)  # noqa: PT017
    else:
        assert len(read.names) == len(read.circuit.names)


def test_what_is_no_text_is_refused():
    """The error would be one about an attribute."""
    with pytest.raises(TypeError, match="5 is no string"):
        circuit_from_string(5)


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (R("a") + SphericalDiffusion("b", "c"), r"SphericalDiffusion\('b', 'c'\) has no counterpart in impedance.py"),
        (TransmissionLine(ion=R("a"), electron=R("b"), interface=C("c")), r"TransmissionLine\(.* has no counterpart"),
        (TransmissionLine(ion=R("a"), interface=CPE("b", "c") | R("d")), r"TransmissionLine\(.* has no counterpart"),
        (TransmissionLine(ion=C("a"), interface=CPE("b", "c")), r"TransmissionLine\(.* has no counterpart"),
        (TransmissionLine(ion=R("a"), interface=C("c"), terminals="ion-ion"), "has no counterpart"),
        (R("a") + (R("a") | C("c")), "a stands in more than one place"),
    ],
)
def test_what_impedance_py_lacks_is_named(circuit, message):
    """A circuit would be handed over as another one."""
    with pytest.raises(ValueError, match=message):
        circuit_to_string(circuit)


def test_a_list_of_another_length_and_a_missing_value_are_refused():
    """Numbers would be given to the wrong parameters."""
    text = CircuitString("R0-CPE1")
    with pytest.raises(ValueError, match=r"shape \(2,\); 'R0-CPE1' takes 3 numbers: R0, CPE1_0, CPE1_1"):
        text.to_values([1.0, 2.0])
    with pytest.raises(ValueError, match="values lack CPE1_1; 'R0-CPE1' has R0, CPE1_0, CPE1_1"):
        text.to_parameters({"R0": 1.0, "CPE1_0": 2.0})
    with pytest.raises(ValueError, match=r"CPE1_0 has the shape \(2,\); a single number"):
        text.to_parameters({"R0": 1.0, "CPE1_0": [2.0, 3.0], "CPE1_1": 0.9})
    with pytest.raises(ValueError, match=r"Zarc1 with the values 0, 1, 0\.5 has no counterpart with finite values"):
        CircuitString("Zarc1").to_values([0.0, 1.0, 0.5])


def test_a_circuit_string_is_a_string_and_survives_a_pickle():
    """impedance.py writes it into its JSON, and a process of a pool may be handed one."""
    text = circuit_to_string(R("R_a") + TransmissionLine(ion=R("R_b"), interface=C("C_b")))
    assert text == "R0-Wo0"
    copy = pickle.loads(pickle.dumps(text))
    assert copy == text
    assert copy.to_parameters({"R_a": 1.0, "R_b": 2.0, "C_b": 3.0}) == [1.0, 2.0, 6.0]
