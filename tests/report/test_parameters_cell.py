"""What a `parameters` cell declares, and what a person's text becomes."""

import pytest

from sslib.report.parameters import RequestError, parse_parameters

cell = """
# what was measured
spectrum: File = "cell"  # spectrum: a path or a data set's name
area_cm2: float | None = 0.785  # electrode area [cm2] (0.01-100)

model: Literal["line", "two rails"] = (
    "line"
)  # cathode model
loops: int = 3  # how many (see the manual)
shift_mV: float = -5  # offset [mV] (-20 to 20); as read
loop: int | None = None  # which of several (0-)
smooth: bool = False  # whether to smooth
label: str = ""  # anything = "goes" # even this
"""


def test_declarations_are_read_with_their_comments():
    """`sslib show` and every check rest on this reading."""
    parameters = parse_parameters(cell)
    area = parameters["area_cm2"]
    assert (area.type, area.default, area.unit, area.limits) == ("float | None", 0.785, "cm2", (0.01, 100.0))
    assert area.help == "electrode area [cm2] (0.01 to 100)"
    assert parameters["model"].choices == ("line", "two rails")
    assert parameters["model"].meaning == "cathode model"
    assert parameters["loops"].meaning == "how many (see the manual)"
    assert parameters["shift_mV"].default == -5.0
    assert parameters["shift_mV"].limits == (-20.0, 20.0)
    assert parameters["shift_mV"].help == "offset [mV]; as read (-20 to 20)"
    assert parameters["loop"].help == "which of several (from 0)"
    assert list(parameters) == ["spectrum", "area_cm2", "model", "loops", "shift_mV", "loop", "smooth", "label"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("area_cm2", "1e-1", 0.1),
        ("area_cm2", "None", None),
        ("area_cm2", "", None),
        ("loops", "12", 12),
        ("model", "two rails", "two rails"),
        ("smooth", "yes", True),
        ("smooth", "False", False),
        ("label", "no", "no"),
        ("label", "1e-3 = x", "1e-3 = x"),
    ],
)
def test_text_becomes_the_declared_type(name, text, value):
    """A text that arrives as the wrong type is used without a word (YAML turns `no` into False)."""
    read = parse_parameters(cell)[name].read(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("area_cm2", "thirty", "'thirty'; expected a number [cm2], such as 0.785 (or None)"),
        ("area_cm2", "0,785", "expected a number"),
        ("area_cm2", "nan", "expected a number"),
        ("area_cm2", "300", "300 cm2; allowed is 0.01 to 100 cm2"),
        ("loop", "-1", "allowed is from 0"),
        ("loops", "1.5", "expected a whole number"),
        ("loops", "None", "expected a whole number"),
        ("model", "three rails", "expected one of 'line', 'two rails'"),
        ("smooth", "maybe", "expected True or False"),
    ],
)
def test_a_wrong_text_says_what_was_expected(name, text, expected):
    """Otherwise the user learns of it from a traceback, or not at all."""
    with pytest.raises(RequestError) as raised:
        parse_parameters(cell)[name].read(text)
    assert expected in str(raised.value)
    assert name in str(raised.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("area = 3", "area has no type"),
        ("area: float = 'x'", "default of area is 'x'"),
        ("area: float = None", "default of area is None"),
        ("flag: int = True", "default of flag is True"),
        ("area: dict = {}", "has the type dict"),
        ("area: float = 2 * x", "no plain default"),
        ("area: float", "no plain default"),
        ("mode: Literal['a'] = 'b'", "default of mode is 'b'"),
        ("area: float = = 3", "line 1"),
    ],
)
def test_a_broken_declaration_is_named(source, expected):
    """A parameter that is skipped in silence could not be set and nobody would know why."""
    with pytest.raises(RequestError, match=expected):
        parse_parameters(source)
