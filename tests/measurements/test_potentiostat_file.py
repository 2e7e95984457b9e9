"""The file that the tests of this folder write is read back as what it was."""

import numpy as np

from sslib.instruments import TimeSeries, read_time_series


def test_a_written_file_is_read_as_it_was(potentiostat_file):
    """Else what a test evaluates is not what it generated."""
    rng = np.random.default_rng(5)
    series = TimeSeries(np.sort(rng.random(50)), rng.random(50), 1e-3 * rng.random(50), step=np.arange(50) // 10)
    read = read_time_series(potentiostat_file(series))
    np.testing.assert_allclose(read.time, series.time, rtol=1e-14)
    np.testing.assert_allclose(read.voltage, series.voltage, rtol=1e-7)
    np.testing.assert_allclose(read.current, series.current, rtol=1e-7)
    np.testing.assert_array_equal(read.step, series.step)
