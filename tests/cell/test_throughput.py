"""Throughput: the five printed values, both conventions, limits of rounding, and files of cells, good and broken."""

import codecs

import numpy as np
import pytest
from scipy.integrate import quad

from sslib.cell import (
    NOMINAL_RATE,
    TRUE_TIME,
    against_printed_throughput,
    compare_throughput,
    literature_throughput_cells,
    rank_throughput,
    read_throughput_cells,
    throughput_at_c_rate,
    throughput_of_charge,
    throughput_of_current,
    utilisation,
)
from sslib.units import celsius, hour, mA_cm2, mAh_cm2, mol_m2_h

# Source 001, table: key, capacity [mAh/cm2], C-rate, printed throughput [mol m-2 h-1].
PRINTED = [
    ("NMC622_Li_oxide", 1.85, 1, 0.69),
    ("LiCoO2_Li-In_sulfide", 1.06, 5, 1.98),
    ("NCM811_Li_polymer", 0.26, 5, 0.48),
    ("LiCoO2_Li_liquid", 0.87, 8, 2.60),
    ("NCM83_Li_nitride", 0.48, 5, 0.89),
]
HEADER = "cathode,anode,electrolyte_class,delivered_areal_capacity_mAh_cm2,c_rate,source"
GOOD = "NMC,Li,oxide,2.10,0.5,own measurement"


@pytest.fixture(scope="module")
def literature():
    cells = literature_throughput_cells()
    return cells, compare_throughput(cells)


@pytest.fixture
def read(tmp_path):
    """Cells of a text or of bytes, read from a file."""

    def reader(content, known=None):
        path = tmp_path / "mine.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_throughput_cells(path, known)

    return reader


@pytest.mark.parametrize(("key", "capacity", "c_rate", "printed"), PRINTED)
def test_the_printed_values_follow_from_1e4(literature, key, capacity, c_rate, printed):
    """With the printed prefactor of 1000 every value would be a tenth; rows 3 and 5 need the rounding of the input."""
    cells, compared = literature
    row = compared.set_index("key").loc[key]
    by_source = 1e4 * capacity / (3860 * 6.941 / c_rate)
    assert row["nominal"] / mol_m2_h == pytest.approx(by_source, rel=4e-4)
    half = 0.005 * c_rate * 1e4 / 26801.481
    assert row["nominal_high"] - row["nominal"] == pytest.approx(half * mol_m2_h, rel=1e-6)
    assert row["nominal_low"] / mol_m2_h - 0.005 <= printed <= row["nominal_high"] / mol_m2_h + 0.005
    table = against_printed_throughput(cells, compared)
    assert table["within"].all()
    assert len(table) == len(PRINTED)
    assert np.allclose(table["misprint"], table["ours"] / 10)


def test_limits_of_rows_three_and_five_are_those_of_the_reference(literature):
    """0.476-0.495 and 0.886-0.905: narrower limits would call the source wrong, wider ones would hide that it is."""
    compared = literature[1].set_index("key")
    for key, low, high in (("NCM811_Li_polymer", 0.476, 0.495), ("NCM83_Li_nitride", 0.886, 0.905)):
        ends = compared.loc[key, ["nominal_low", "nominal_high"]].to_numpy(dtype=float) / mol_m2_h
        assert ends == pytest.approx([low, high], abs=8e-4)


def test_a_value_beyond_rounding_is_not_within(read):
    """A check that everything passes checks nothing: 0.70 from 1.85 mAh/cm2 at 1C is no rounding."""
    text = f"{HEADER},printed_throughput_mol_m2_h\nNMC622,Li,oxide,1.85,1,x,0.70\nA,Li,oxide,1.85,1,x,0.69\n"
    cells = read(text)
    assert list(against_printed_throughput(cells, compare_throughput(cells))["within"]) == [False, True]


def test_the_conventions_differ_by_the_utilisation():
    """At random cells: over the true time it is j/F whatever is delivered, also by integrating the current."""
    rng = np.random.default_rng(3)
    charge, current = rng.uniform(0.1, 10, 20) * mAh_cm2, rng.uniform(0.1, 20, 20) * mA_cm2
    rate = rng.uniform(0.05, 10, 20) / hour
    np.testing.assert_allclose(throughput_of_charge(charge, charge / current), throughput_of_current(current))
    ratio = throughput_at_c_rate(charge, rate) / throughput_of_current(current)
    np.testing.assert_allclose(ratio, utilisation(charge, rate, current))
    np.testing.assert_allclose(ratio, charge / (current / rate))
    moles, _ = quad(lambda t: current[0] / 96485.33212, 0, charge[0] / current[0])
    assert throughput_of_charge(charge[0], charge[0] / current[0]) * charge[0] / current[0] == pytest.approx(moles)


@pytest.mark.parametrize("wrong", [{"areal_capacity": -1.0, "time": 1.0}, {"areal_capacity": 1.0, "time": 0.0}])
def test_what_is_impossible_is_refused(wrong):
    with pytest.raises(ValueError, match="must be positive and finite"):
        throughput_of_charge(**wrong)


def test_sulfur_has_two_numbers(literature):
    """3.0 of 5.0 mAh/cm2 at 1C: 1.12 and 1.87 (reference table); one number for both would mix the conventions."""
    row = literature[1].set_index("key").loc["S_sulfide"]
    assert row["nominal"] / mol_m2_h == pytest.approx(1.12, abs=0.005)
    assert row["true"] / mol_m2_h == pytest.approx(1.87, abs=0.005)
    assert row["utilisation"] == pytest.approx(0.6)
    assert row["utilisation_low"] == pytest.approx(2.95 / 5.05)
    assert row["utilisation_high"] == pytest.approx(3.05 / 4.95)


def test_no_delivered_capacity_no_throughput_by_the_c_rate(literature):
    """A nominal capacity, or one of another test, times a C-rate is a throughput that nobody measured."""
    reasons = literature[1].set_index("key")["nominal_missing"]
    assert "nominal, not delivered" in reasons["NCM811_micro-Si_sulfide"]
    assert "no delivered capacity" in reasons["NMC811_Li_hydroborate"]
    assert "different tests" in reasons["single-crystal-Ni-rich_LTO_sulfide"]
    assert (reasons == "").sum() == 9
    compared = literature[1]
    assert (compared["nominal"].isna() == (compared["nominal_missing"] != "")).all()
    assert (compared["true"].isna() == (compared["true_missing"] != "")).all()


def test_more_than_the_nominal_capacity_is_remarked(literature):
    """6.8 mAh/cm2 at 0.5C and 3.2 mA/cm2 cannot all be: 3.2 mA/cm2 for two hours are 6.4 mAh/cm2."""
    remarks = literature[1].set_index("key")["remark"]
    assert remarks["NMC-Ni-90_Ag-C_sulfide"]
    assert (remarks != "").sum() == 1


def test_ranks_stay_open_where_limits_overlap(read):
    """A rank that rounding decides is no rank; 1.9 and 2.0 (each +-0.05) touch, 3.00 is above both."""
    rows = [f"{name},Li,oxide,{capacity},1,x" for name, capacity in (("a", "1.9"), ("b", "1.98"), ("c", "3.00"))]
    compared = compare_throughput(read("\n".join([HEADER, *rows])))
    table = rank_throughput(compared)
    assert [name[0] for name in table["name"]] == ["c", "b", "a"]
    assert list(table["best"]) == [1, 2, 3]
    rows[0] = "a,Li,oxide,2.0,1,x"
    table = rank_throughput(compare_throughput(read("\n".join([HEADER, *rows]))))
    assert [name[0] for name in table["name"]] == ["c", "a", "b"]
    assert list(zip(table["best"], table["worst"], strict=True)) == [(1, 1), (2, 3), (2, 3)]
    assert rank_throughput(compared, TRUE_TIME).empty
    with pytest.raises(ValueError, match="must be 'nominal C-rate' or 'true discharge time'"):
        rank_throughput(compared, "both")
    assert len(rank_throughput(compared, NOMINAL_RATE)) == 3


def test_the_literature_table_is_the_one_checked(literature):
    """The sum and shape of a column cannot change unseen, and a row without evidence could not be defended."""
    cells = literature[0]
    assert len(cells) == 12
    assert cells["capacity"].sum() / mAh_cm2 == pytest.approx(29.86)
    assert cells["current_density"].sum() / mA_cm2 == pytest.approx(32.52)
    assert cells["printed"].sum() / mol_m2_h == pytest.approx(6.64)
    assert cells["evidence"].isin(["read in the source", "secondary source"]).all()
    assert cells["temperature"].dropna().tolist() == [celsius(60), celsius(25)]
    assert literature[1]["key"].is_unique


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n{GOOD}\n",
        codecs.BOM_UTF8 + f"{HEADER}\r\n{GOOD}\r\n".encode(),
        f"{HEADER}\n{GOOD}\n".encode("utf-16"),
        f"{HEADER}\n{GOOD}\n".replace(",", ";").replace("2.10", "2,10").replace("0.5", "0,5"),
        f"{HEADER}\n{GOOD}\n".replace(",", "\t"),
        f"{HEADER}\n{GOOD}\n".replace("2.10", '"2,10"'),
        f"{HEADER},,\n\n{GOOD},,\n,,,,,,,\n",
    ],
    ids=["plain", "BOM and CRLF", "UTF-16", "semicolons and decimal commas", "tabs", "quoted comma", "spreadsheet's"],
)
def test_a_file_is_read_as_spreadsheets_write_it(read, content):
    """The same cell whatever the machine's language: a decimal comma lost would be a factor of a hundred."""
    (row,) = read(content).itertuples()
    assert (row.cathode, row.anode, row.electrolyte_class) == ("NMC", "Li", "oxide")
    assert row.capacity / mAh_cm2 == pytest.approx(2.10)
    assert (row.capacity_high - row.capacity) / mAh_cm2 == pytest.approx(0.005)
    assert row.c_rate == row.c_rate_low == 0.5 / hour
    assert np.isnan(row.current_density)
    assert compare_throughput(read(content))["nominal"].iloc[0] / mol_m2_h == pytest.approx(2.10 * 0.5 / 2.6801481)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("NMC,Li,oxide,much,1,x", "row 2 (line 3), column delivered_areal_capacity_mAh_cm2: 'much' is no number"),
        ("NMC,Li,oxide,-2.1,1,x", "delivered_areal_capacity_mAh_cm2: it is -2.1; expected 0.0001 to 100 mAh/cm2"),
        ("NMC,Li,oxide,2.1,0,x", "column c_rate: it is 0; expected 0.0001 to 10000 1/h"),
        ("NMC,Li,oxide,nan,1,x", "'nan' is no number"),
        ("NMC,Li,oxide,210,1,x", "it is 210; expected"),
        ("NMC,Li,oxide,~2,1,x", "'~2' is no number"),
        ("NMC,Li,oxide,2.0-1.8,1,x", "the range '2.0-1.8' runs downward"),
        ('NMC,Li,oxide,"1,850",1,x', "a decimal comma or one between thousands"),
        ("NMC,Li,oxide,2,1,1,x", "row 2 (line 3) has 7 fields and the header 6; a decimal comma needs quotes"),
        ("NMC,Li,oxide,2,1", "row 2 (line 3) has 5 fields and the header 6"),
        (",Li,oxide,2.1,1,x", "column cathode: it is empty; expected a text such as 'NMC811'"),
        ("NMC,Li,oxide,2.1,1,", "column source: it is empty"),
        (GOOD, "row 2 (line 3) repeats row 1 (line 2)"),
        (GOOD.replace("2.10", "2.30"), "row 2 (line 3) repeats row 1 (line 2)"),
    ],
)
def test_a_mistake_is_named_by_row_and_column(read, fields, said):
    """A row that is dropped or guessed in silence would stand in a ranking that somebody defends."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 the message is what is tested
        read(f"{HEADER}\n{GOOD}\n{fields}\n")
    assert said in str(error.value)
    assert str(error.value).startswith("mine.csv: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEADER},C-rate\n{GOOD},1\n", "the column 'C-rate' is unknown (meant: c_rate?)"),
        (f"{HEADER.replace('c_rate', 'note')}\n{GOOD}\n", "the column c_rate is missing"),
        (f"{HEADER},c_rate\n{GOOD},1\n", "the column c_rate is there twice"),
        (f"{HEADER},capacity_is\n{GOOD},guessed\n", "column capacity_is: it is 'guessed'; allowed are delivered"),
        (f"{HEADER}\n", "there is no row below the header"),
        ("\n\n", "the file is empty"),
        (b"PK\x03\x04\x00\x00", "this is no text; save the table as CSV"),
    ],
)
def test_a_file_of_another_shape_says_what_was_expected(read, content, said):
    with pytest.raises(ValueError) as error:  # noqa: PT011 the message is what is tested
        read(content)
    assert said in str(error.value)


def test_every_mistake_is_said_at_once(read):
    """Mending a file mistake by mistake takes a run for each."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 the message is what is tested
        read("\n".join([HEADER, "NMC,Li,oxide,much,-1,x", ",Li,oxide,1,1,x", *["a,b,c,d,e,f"] * 9]))
    lines = str(error.value).splitlines()
    assert len(lines) == 13
    assert "row 1 (line 2), column c_rate: it is -1" in lines[1]
    assert lines[-1] == "and 9 more"


def test_a_cell_of_the_literature_table_is_not_added_again(read, literature):
    """Twice the same cell would be two of a class in every count."""
    text = f"{HEADER}\nNMC622,Li,oxide,1.90,1,source 001 table\n"
    with pytest.raises(ValueError, match="repeats the literature table"):
        read(text, literature[0])
    both = read(text.replace("source 001 table", "own measurement"), literature[0])
    compared = compare_throughput(both)
    assert len(both) == 13
    assert both["own"].tolist() == [False] * 12 + [True]
    assert compared["key"].iloc[0] == "NMC622_Li_oxide"
    assert compared["key"].iloc[-1] == "NMC622_Li_oxide_1C"
    assert compared["key"].is_unique


def test_a_range_is_its_middle_with_both_ends(read):
    """A source that says 1.8-2.0 knows no more than that."""
    (row,) = read(f"{HEADER}\nNMC,Li,oxide,1.8–2.0,1,x\n").itertuples()
    assert np.array([row.capacity, row.capacity_low, row.capacity_high]) / mAh_cm2 == pytest.approx([1.9, 1.75, 2.05])
